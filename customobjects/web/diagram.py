"""The picture of all objects and their lookups: where each box stands, and which way each line goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import graphlay

from customobjects.models import CustomObject, Field

# Pixels. A name that is longer is cut; the whole one is the box's title.
BOX_WIDTH, BOX_HEIGHT = 184, 48
MAX_NAME = 20
MARGIN = 24
# Room for a lookup's label beside its line.
LAYER_GAP = 120


@dataclass(frozen=True)
class Box:
    """An object's box, by its left upper corner."""

    object: CustomObject
    x: int
    y: int
    lookups: Sequence[str]

    @property
    def name(self) -> str:
        """As much of the object's name as the box has room for."""
        name = self.object.plural_name
        return name if len(name) <= MAX_NAME else f"{name[: MAX_NAME - 1]}…"


@dataclass(frozen=True)
class Line:
    """A lookup's line: the points of a path as SVG has them, and where its label stands."""

    label: str
    title: str
    path: str
    x: int
    y: int


@dataclass(frozen=True)
class Diagram:
    """Boxes and lines, and the room that they take."""

    boxes: Sequence[Box]
    lines: Sequence[Line]
    width: int
    height: int


def draw(objects: Sequence[CustomObject], lookups: Sequence[Field]) -> Diagram:
    """The picture of some objects, and of the lookups between them, laid out from left to right."""
    graph = graphlay.Graph()
    for one in objects:
        graph.node(str(one.id), width=BOX_WIDTH, height=BOX_HEIGHT)
    for lookup in lookups:
        graph.edge(str(lookup.custom_object_id), str(lookup.target_id))
    layout = graphlay.layout(graph, options={"spacing": {"layer_gap": LAYER_GAP}})
    positions = layout.positions()
    routes = [[(point["x"], point["y"]) for point in edge["points"]] for edge in layout.edges]
    # The least of all, so that the picture begins at its margin.
    xs = [x - BOX_WIDTH / 2 for x, _y in positions.values()] + [x for route in routes for x, _y in route]
    ys = [y - BOX_HEIGHT / 2 for _x, y in positions.values()] + [y for route in routes for _x, y in route]
    left, top = min(xs, default=0) - MARGIN, min(ys, default=0) - MARGIN
    boxes = [
        Box(
            one,
            round(positions[str(one.id)][0] - BOX_WIDTH / 2 - left),
            round(positions[str(one.id)][1] - BOX_HEIGHT / 2 - top),
            [lookup.label for lookup in lookups if lookup.custom_object_id == one.id],
        )
        for one in objects
    ]
    names = {one.id: one.name for one in objects}
    lines = [
        _line(lookup, [(round(x - left), round(y - top)) for x, y in route], names[lookup.custom_object_id])
        for lookup, route in zip(lookups, routes, strict=True)
    ]
    right, bottom = max(xs, default=0) + BOX_WIDTH, max(ys, default=0) + BOX_HEIGHT
    return Diagram(boxes, lines, round(right - left + MARGIN), round(bottom - top + MARGIN))


def _line(lookup: Field, route: Sequence[tuple[int, int]], source: str) -> Line:
    path = "M" + " L".join(f"{x} {y}" for x, y in route)
    # Beside where it begins, where lines of several lookups are still apart.
    (x, y), (to_x, _to_y) = route[0], route[1]
    return Line(lookup.label, f"{source}: {lookup.label}", path, x + 6 if to_x >= x else x - 6, y - 4)
