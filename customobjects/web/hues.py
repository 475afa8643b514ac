"""Twelve hues that pages show colours by, each a class of the style sheet and tuned for light and dark.

Objects and choices may have any colour; a page shows the nearest. A ``style`` attribute, which could show it exactly,
is what the pages' Content-Security-Policy forbids.
"""

from __future__ import annotations

import colorsys
from functools import lru_cache
from zlib import crc32

# Where each lies on the circle of hues, in degrees.
HUES = {
    "red": 0,
    "orange": 24,
    "amber": 42,
    "lime": 85,
    "green": 142,
    "teal": 173,
    "cyan": 192,
    "blue": 221,
    "violet": 258,
    "fuchsia": 292,
    "pink": 331,
}
GRAY = "gray"
# Below this saturation, and beyond these lightnesses, nobody sees a hue.
LEAST_SATURATION = 0.12
DARKEST, LIGHTEST = 0.06, 0.96
MAX_COLORS_REMEMBERED = 1_000


@lru_cache(maxsize=MAX_COLORS_REMEMBERED)
def nearest_hue(color: str) -> str:
    """The name of the hue that is nearest to a colour such as ``#2563eb``; gray for what is none."""
    try:
        red, green, blue = bytes.fromhex(color.removeprefix("#"))
    except ValueError:
        return GRAY
    hue, lightness, saturation = colorsys.rgb_to_hls(red / 255, green / 255, blue / 255)
    if saturation < LEAST_SATURATION or not DARKEST < lightness < LIGHTEST:
        return GRAY
    return min(HUES, key=lambda name: _distance(HUES[name], hue * 360))


def hue_class(color: str) -> str:
    """The class of the style sheet for a colour."""
    return f"hue-{nearest_hue(color)}"


def person_hue(name: str) -> str:
    """The class for a person's hue: always the same for one name."""
    return f"hue-{list(HUES)[crc32(name.encode()) % len(HUES)]}"


def _distance(one: float, other: float) -> float:
    apart = abs(one - other) % 360
    return min(apart, 360 - apart)
