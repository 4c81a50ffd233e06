"""What was measured: figures with their runs, and the goals that they are held against."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True, kw_only=True)
class Goal:
    """A limit for a figure's median.

    Attributes:
        direction: Whether the figure must not exceed the limit, or must reach it.
        limit: The limit, in the figure's unit.
    """

    direction: Literal["at most", "at least"]
    limit: float

    def __str__(self) -> str:
        """The goal in words: `at most 0.8`."""
        return f"{self.direction} {self.limit:g}"

    def met_by(self, value: float) -> bool:
        """Tell whether a value keeps to the goal."""
        return value <= self.limit if self.direction == "at most" else value >= self.limit

    def missed_by(self, value: float) -> str:
        """By how much a value misses the goal, in words: `59 %`, or the value itself where the limit is nothing."""
        return f"{abs(value - self.limit) / self.limit:.0%}".replace("%", " %") if self.limit else f"{value:g}"


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One quantity of one subject, measured several times under the same circumstances.

    Attributes:
        table: The circumstances: figures of one table are compared with each other.
        subject: What was measured.
        quantity: What of it.
        unit: Unit of the values; empty for plain numbers.
        values: One value for each run, in their order; none if it was not measured, so that no goal gets lost.
        goal: What the median is held against. Default: nothing.
        note: What must be known to read the figure. Default none.
    """

    table: str
    subject: str
    quantity: str
    unit: str
    values: tuple[float, ...]
    goal: Goal | None = None
    note: str = ""

    @property
    def name(self) -> str:
        """The figure's own name among all."""
        return f"{self.table}: {self.subject}, {self.quantity}"

    @property
    def median(self) -> float:
        """The figure itself, of one that was measured."""
        return statistics.median(self.values)

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; None without a goal. What was not measured meets none."""
        return None if self.goal is None else bool(self.values) and self.goal.met_by(self.median)


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What a part of the bench has found.

    Attributes:
        figures: All figures.
        notes: What must be known to read them: a sentence or two each.
        broken_off: Why it ended before its time; empty if it did not.
    """

    figures: tuple[Figure, ...]
    notes: tuple[str, ...] = ()
    broken_off: str = ""


@dataclass(frozen=True, kw_only=True)
class Record:
    """All that one run of a part of the bench has measured.

    Attributes:
        part: Name of the part.
        title: What a person reads above its tables.
        date: When it began, as RFC 3339 text.
        command: What makes it again.
        commit: Of which commit of the project, as `git describe` names it.
        machine: On what it ran.
        load: Load average of the machine at the start, by which noise can be judged.
        figures: What was measured.
        notes: What must be known to read the figures: a sentence or two each.
    """

    part: str
    title: str
    date: str
    command: str
    commit: str
    machine: str
    load: float
    figures: tuple[Figure, ...]
    notes: tuple[str, ...] = ()


def to_data(record: Record) -> dict[str, Any]:
    """A record as plain values for a JSON file."""
    return {
        **vars(record),
        "notes": list(record.notes),
        "figures": [
            {**vars(figure), "values": list(figure.values), "goal": vars(figure.goal) if figure.goal else None}
            for figure in record.figures
        ],
    }


def from_data(data: Mapping[str, Any]) -> Record:
    """The record of a JSON file."""
    figures = tuple(
        Figure(**{**each, "values": tuple(each["values"]), "goal": Goal(**each["goal"]) if each["goal"] else None})
        for each in data["figures"]
    )
    return Record(**{**data, "figures": figures, "notes": tuple(data["notes"])})


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that at least `percent` % of the values do not exceed."""
    ordered = sorted(values)
    position = -(-len(ordered) * percent // 100)
    return ordered[max(0, int(position) - 1)]
