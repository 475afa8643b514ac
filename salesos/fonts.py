"""The pages' fonts: parts of Inter, cut out of the files of the admin's theme when static files are collected.

Two weights as they are take 226 KB. A page in a European language loads the Latin letters of both, and the others where
it shows one of them: ``static/css/fonts.css`` says which part has which characters.
"""

from __future__ import annotations

import logging
from pathlib import Path

from django.contrib.staticfiles import finders
from fontTools import subset

SOURCE = "unfold/fonts/inter/Inter-{}.woff2"
WEIGHTS = {"400": "Regular", "600": "SemiBold"}
# ASCII, Latin-1, Latin Extended-A, what Romanian and Vietnamese have beyond, accents, punctuation, currencies, arrows.
LATIN = (
    "U+0-17F,U+192,U+218-21B,U+2C6-2DD,U+1E9E,U+2000-206F,U+20A0-20CF,U+2116,U+2122,U+2190-2199,U+2212,U+2215,U+FEFF"
)
# All others that Inter has.
OTHERS = (
    "U+180-24F,U+250-2C5,U+300-36F,U+370-52F,U+1D00-1EFF,U+2070-209F,U+2100-218F,U+2200-2BFF,U+2C60-2C7F,U+A720-A7FF"
)
PARTS = {"latin": LATIN, "others": OTHERS}
# Figures of one width, and what letters need to stand well; Inter's other shapes of letters are left out.
FEATURES = ["calt", "ccmp", "kern", "locl", "mark", "mkmk", "tnum"]
FILES = {f"fonts/inter-{weight}-{part}.woff2": (weight, part) for weight in WEIGHTS for part in PARTS}


# It tells of every glyph.
logging.getLogger(subset.__name__).setLevel(logging.WARNING)


def font_source(name: str) -> list[Path]:
    """The file that a part is cut out of."""
    return [Path(str(finders.find(SOURCE.format(WEIGHTS[FILES[name][0]]))))]


def make_font(name: str, target: str) -> None:
    """Write a part."""
    cut_out(str(font_source(name)[0]), PARTS[FILES[name][1]], target)


def cut_out(source: str, characters: str, target: str) -> None:
    """Write a font with some ``characters`` of another one, named as ``unicode-range`` names them."""
    options = subset.Options(flavor="woff2", layout_features=FEATURES, hinting=False, notdef_outline=True)
    font = subset.load_font(source, options)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=subset.parse_unicodes(characters.replace("U+", "")))
    cutter.subset(font)
    subset.save_font(font, target, options)
