"""Where each thing of a graph is drawn: side by side for a wide screen, one below the other for a narrow one."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from report import words
from report.graph import Box, Graph, Group

_LINE, _PADDING, _GAP = 16, 11, 12
_TITLE, _HEADING = 18, 30
_COLUMN, _BETWEEN = 190, 40
_NARROW, _ARROW = 350, 46
_LETTER = 6.4
"""How wide a letter is, at most on average, in the sizes in which boxes are written."""


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """A box in its place: `x` and `y` of its upper left corner."""

    box: Box
    x: float
    y: float
    width: float
    height: float

    @property
    def texts(self) -> tuple[tuple[str, float, str], ...]:
        """Its lines: style, height of the base line, text that fits."""
        longest = int((self.width - 2 * _PADDING) / _LETTER)
        rows = [("title", self.box.title), *([("name", self.box.name)] if self.box.name else [])]
        rows += [("line", line) for line in self.box.lines]
        top = self.y + _PADDING + 11
        return tuple(
            (style, top + _LINE * index, words.shortened(text, longest)) for index, (style, text) in enumerate(rows)
        )


@dataclass(frozen=True, kw_only=True)
class Frame:
    """A group in its place."""

    title: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, kw_only=True)
class Arrow:
    """An arrow: its path, its tip pointing at the end, and a word beside it."""

    path: str
    text: str = ""
    x: float = 0
    y: float = 0


@dataclass(frozen=True, kw_only=True)
class Picture:
    """All that is drawn."""

    width: float
    height: float
    frames: tuple[Frame, ...]
    boxes: tuple[Drawn, ...]
    arrows: tuple[Arrow, ...]


def wide(graph: Graph) -> Picture:
    """Draw a graph from left to right, with an arrow for each edge."""
    heights = [_HEADING + sum(_height(box) + _GAP for box in group.boxes) for group in graph.groups]
    tallest = max(heights)
    frames, boxes = [], []
    for index, group in enumerate(graph.groups):
        x = index * (_COLUMN + _BETWEEN)
        frames.append(Frame(title=group.title, x=x, y=0, width=_COLUMN, height=tallest))
        y: float = _HEADING
        for box in group.boxes:
            boxes.append(Drawn(box=box, x=x + _PADDING, y=y, width=_COLUMN - 2 * _PADDING, height=_height(box)))
            y += _height(box) + _GAP
    places = {each.box.key: each for each in boxes}
    arrows = tuple(_across(places[start], places[end]) for start, end in graph.edges)
    width = len(graph.groups) * (_COLUMN + _BETWEEN) - _BETWEEN
    return Picture(width=width, height=tallest, frames=tuple(frames), boxes=tuple(boxes), arrows=arrows)


def narrow(graph: Graph) -> Picture:
    """Draw a graph from top to bottom, two boxes in a row, with one arrow from each group to the next."""
    frames: list[Frame] = []
    boxes: list[Drawn] = []
    y: float = 0
    for group in graph.groups:
        placed = list(_rows(group, y + _HEADING))
        height = max(each.y + each.height for each in placed) + _GAP - y
        frames.append(Frame(title=group.title, x=0, y=y, width=_NARROW, height=height))
        boxes += placed
        y += height + _ARROW
    arrows = tuple(_down(above, below, group.leans) for (above, below), group in _pairs(frames, graph.groups))
    return Picture(width=_NARROW, height=y - _ARROW, frames=tuple(frames), boxes=tuple(boxes), arrows=arrows)


def _rows(group: Group, y: float) -> Iterator[Drawn]:
    half = (_NARROW - 2 * _PADDING - _GAP) / 2
    for row in _in_twos(group.boxes):
        height = max(map(_height, row))
        width = half if len(row) == 2 else _NARROW - 2 * _PADDING
        for index, box in enumerate(row):
            yield Drawn(box=box, x=_PADDING + index * (half + _GAP), y=y, width=width, height=height)
        y += height + _GAP


def _in_twos(boxes: Sequence[Box]) -> Iterator[Sequence[Box]]:
    """The boxes in rows; the first has a row of its own where one would be left over."""
    if odd := len(boxes) % 2:
        yield boxes[:1]
    for index in range(odd, len(boxes), 2):
        yield boxes[index : index + 2]


def _pairs(frames: Sequence[Frame], groups: Sequence[Group]) -> Iterator[tuple[tuple[Frame, Frame], Group]]:
    return zip(itertools.pairwise(frames), groups, strict=False)


def _height(box: Box) -> float:
    return 2 * _PADDING + _LINE * (1 + bool(box.name) + len(box.lines)) - 2


def _across(start: Drawn, end: Drawn) -> Arrow:
    """A line from the right side of one box to the left side of another."""
    x1, y1 = start.x + start.width, start.y + start.height / 2
    x2, y2 = end.x, end.y + end.height / 2
    bend = (x2 - x1) / 2
    return Arrow(path=f"M{x1:g},{y1:g} C{x1 + bend:g},{y1:g} {x2 - bend:g},{y2:g} {x2:g},{y2:g}")


def _down(above: Frame, below: Frame, text: str) -> Arrow:
    x, y1, y2 = above.x + above.width / 2, above.y + above.height, below.y
    return Arrow(path=f"M{x:g},{y1 + 5:g} L{x:g},{y2 - 4:g}", text=text, x=x + 12, y=(y1 + y2) / 2 + 4)
