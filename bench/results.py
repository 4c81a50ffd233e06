"""Figures for programs."""

from collections.abc import Sequence
from typing import Any

from .figures import Figure, Record
from .tables import rounded


def results(records: Sequence[Record]) -> dict[str, Any]:
    """All figures: name, median, unit, goal, whether it is met, its spread, and when and of what it was measured."""
    return {
        "date": max((record.date for record in records), default=""),
        "machine": "; ".join(sorted({record.machine for record in records})),
        "results": [_result(record, figure) for record in records for figure in record.figures],
    }


def _result(record: Record, figure: Figure) -> dict[str, Any]:
    values = figure.values
    return {
        "name": figure.name,
        "value": rounded(figure.median) if values else None,
        "unit": figure.unit,
        "goal": str(figure.goal) if figure.goal else None,
        "met": figure.met,
        "lowest": rounded(min(values)) if values else None,
        "highest": rounded(max(values)) if values else None,
        "runs": len(values),
        "date": record.date,
        "commit": record.commit,
    }
