"""Colours that pages show: each the nearest of twelve, which the style sheet knows."""

from __future__ import annotations

import pytest

from customobjects.templatetags.hues import GRAY, HUES, hue_class
from tests.server import ROOT


@pytest.mark.parametrize(
    ("color", "hue"),
    [
        ("#2563eb", "blue"),
        ("#ff0000", "red"),
        ("#ff0010", "red"),
        ("#16a34a", "green"),
        ("#FACC15", "amber"),
        ("#ea580c", "orange"),
        ("#7c3aed", "violet"),
        ("#db2777", "pink"),
        ("#06b6d4", "cyan"),
        ("#808080", "gray"),
        ("#000000", "gray"),
        ("#ffffff", "gray"),
        ("neutral", "gray"),
        ("", "gray"),
        ("red; background: url(x)", "gray"),
    ],
)
def test_the_nearest_hue(color: str, hue: str) -> None:
    assert hue_class(color) == f"hue-{hue}"


def test_the_style_sheet_has_all_twelve() -> None:
    style = (ROOT / "static/css/tokens.css").read_text()
    assert len({*HUES, GRAY}) == 12
    for name in (*HUES, GRAY):
        assert f".hue-{name} {{ --hue: light-dark(" in style
