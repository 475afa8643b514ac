"""The twelve colours from which people choose, each by the name of the hue in which pages show it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import cycle

# As they are on light ground.
PALETTE: Mapping[str, str] = {
    "gray": "#5b6470",
    "red": "#c42b1c",
    "orange": "#c2540a",
    "amber": "#a16207",
    "lime": "#4d7c0f",
    "green": "#15803d",
    "teal": "#0f766e",
    "cyan": "#0e7490",
    "blue": "#2563eb",
    "violet": "#6d3fdc",
    "fuchsia": "#a21caf",
    "pink": "#c0246f",
}
# The order in which new values get them: neighbours are far apart, and none is gray.
TURNS: Sequence[str] = tuple(
    PALETTE[name]
    for name in (
        *("blue", "amber", "green", "violet", "orange", "teal"),
        *("pink", "lime", "cyan", "fuchsia", "red"),
    )
)


def in_turn() -> Iterator[str]:
    """A colour for each of any number of new values: all of them, and then again from the first."""
    return cycle(TURNS)
