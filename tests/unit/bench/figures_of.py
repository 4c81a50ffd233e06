"""Figures and records for the tests of the bench."""

from typing import Any

from bench.figures import Figure, Goal, Record


def figure(**changes: Any) -> Figure:
    whole: dict[str, Any] = {
        "table": "1 site", "subject": "this project", "quantity": "wall time", "unit": "s", "values": (2.0, 1.0, 4.0),
    }  # fmt: skip
    return Figure(**{**whole, **changes})


def record(*figures: Figure, **changes: Any) -> Record:
    whole: dict[str, Any] = {
        "part": "delivery", "title": "Speed", "date": "2026-01-02T03:04:05Z", "command": "python -m bench delivery",
        "commit": "0123abc", "machine": "2 cores", "load": 0.25, "figures": figures, "notes": ("Read this.",),
    }  # fmt: skip
    return Record(**{**whole, **changes})


AT_MOST_ONE = Goal(direction="at most", limit=1)
