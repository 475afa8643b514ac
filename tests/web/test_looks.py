"""The icon and colour that an object's name calls for."""

from __future__ import annotations

import pytest

from customobjects.fieldtypes.palette import PALETTE
from customobjects.services.object_templates import catalogue
from customobjects.web.icon_list import HUES, categories, look_of
from customobjects.web.icons import icon_glyphs


@pytest.mark.parametrize(
    ("name", "icon"),
    [
        ("Location", "location_on"),
        ("Airports", "connecting_airports"),
        ("Machine", "precision_manufacturing"),
        ("Service Vehicle", "directions_car"),
        ("Sales Order", "shopping_cart"),
        ("Department", "groups"),
        ("site", "location_on"),
    ],
)
def test_a_name_calls_for_an_icon(name: str, icon: str) -> None:
    look = look_of(name)
    assert look["icon"] == icon
    assert look["icon"] in icon_glyphs()


def test_a_template_of_that_name_gives_its_look() -> None:
    vendor = catalogue()["vendor"]
    assert look_of("VENDOR") == {"icon": vendor.icon, "color": vendor.color}


@pytest.mark.parametrize("name", ["", "Xyzzy", "\x00", "\ud800", "<b>", "1", "x" * 5_000])
def test_a_name_that_says_nothing_leaves_the_look_as_it_is(name: str) -> None:
    assert look_of(name) == {}


def test_each_category_of_icons_has_a_hue() -> None:
    assert HUES.keys() == {category for category, _icons in categories()}
    assert set(HUES.values()) <= PALETTE.keys()
