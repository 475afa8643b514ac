"""Icons as paths of SVG, read from the font of Material Symbols that the admin's theme brings.

A page that shows a dozen icons so takes 6 KB; the font takes 290.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any, NamedTuple

from django.contrib.staticfiles import finders
from django.utils.html import format_html
from django.utils.safestring import SafeString
from fontTools.pens.basePen import BasePen
from fontTools.ttLib import TTFont

FONT = "unfold/fonts/material-symbols/Material-Symbols-Outlined.woff2"
LIGATURES = 4
# What stands for an icon that the font has not.
UNKNOWN = "deployed_code"
MAX_ICONS_REMEMBERED = 500
# The font draws in a square of 960. Icons are shown at 16 to 24 pixels: a quarter of its grid is a tenth of a pixel.
UNIT = 4
SIZE = 960 // UNIT


class _Font(NamedTuple):
    """The font: its glyphs, and the name of each icon's glyph by the glyphs of the icon's letters."""

    glyphs: Any
    letters: dict[int, str]
    icons: dict[tuple[str, ...], str]


Point = tuple[float, float]


class _PathPen(BasePen):  # type: ignore[misc]
    """Writes steps from point to point in whole numbers: they compress to two thirds of what places take."""

    def __init__(self, glyphs: Any) -> None:
        super().__init__(glyphs)
        self.commands: list[str] = []
        self.at = self.start = (0, 0)

    def _step(self, command: str, *points: Point) -> None:
        whole = [(round(x / UNIT), round(-y / UNIT)) for x, y in points]
        steps = " ".join(f"{x - self.at[0]} {y - self.at[1]}" for x, y in whole)
        self.commands.append(command + steps.replace(" -", "-"))
        self.at = whole[-1]

    def _moveTo(self, to: Point) -> None:  # noqa: N802
        self._step("m", to)
        self.start = self.at

    def _lineTo(self, to: Point) -> None:  # noqa: N802
        self._step("l", to)

    def _qCurveToOne(self, by: Point, to: Point) -> None:  # noqa: N802
        self._step("q", by, to)

    def _curveToOne(self, first: Point, second: Point, to: Point) -> None:  # noqa: N802
        self._step("c", first, second, to)

    def _closePath(self) -> None:  # noqa: N802
        self.commands.append("z")
        self.at = self.start


def icon(name: str) -> SafeString:
    """An icon by its name among the Material Symbols, in the colour of the text; to a screen reader it is not there."""
    return format_html(
        '<svg class="icon" viewBox="0 -{0} {0} {0}" aria-hidden="true"><path d="{1}"/></svg>', SIZE, icon_path(name)
    )


@lru_cache(MAX_ICONS_REMEMBERED)
def icon_path(name: str) -> str:
    """The ``d`` of the path that draws an icon, in a square of ``SIZE`` that ends at y = 0."""
    font = _font()
    glyph = _glyph(font, name) or _glyph(font, UNKNOWN)
    pen = _PathPen(font.glyphs)
    font.glyphs[glyph].draw(pen)
    return "".join(pen.commands)


def _glyph(font: _Font, name: str) -> str | None:
    return font.icons.get(tuple(font.letters.get(ord(letter), "") for letter in name))


@cache
def _font() -> _Font:
    """Read the font, once a process: 75 ms."""
    font = TTFont(finders.find(FONT), lazy=True)
    tables = [
        getattr(table, "ExtSubTable", table)
        for lookup in font["GSUB"].table.LookupList.Lookup
        for table in lookup.SubTable
    ]
    icons = {
        (first, *ligature.Component): ligature.LigGlyph
        for table in tables
        if table.LookupType == LIGATURES
        for first, ligatures in table.ligatures.items()
        for ligature in ligatures
    }
    return _Font(font.getGlyphSet(), font.getBestCmap(), icons)


def icon_glyphs() -> dict[str, str]:
    """All icons that the font has, by name: each with its glyph, which several names may share."""
    font = _font()
    letter_of = {glyph: chr(code) for code, glyph in font.letters.items()}
    return {
        "".join(letter_of[letter] for letter in letters): glyph
        for letters, glyph in font.icons.items()
        if all(letter in letter_of for letter in letters)
    }
