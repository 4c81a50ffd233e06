"""Figures as text: the table at the end of a run, the document with all of them, and the results for programs."""

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

from .explanations import EXPLANATIONS
from .figures import Figure, Record

_HEADER = ("what", "quantity", "median", "lowest to highest", "runs", "goal", "met")


def results(records: Sequence[Record]) -> dict[str, Any]:
    """All figures for programs: name, median, unit, goal and whether it is met."""
    return {
        "date": max((record.date for record in records), default=""),
        "machine": "; ".join(sorted({record.machine for record in records})),
        "results": [
            {
                "name": figure.name,
                "value": _rounded(figure.median),
                "unit": figure.unit,
                "goal": str(figure.goal) if figure.goal else None,
                "met": figure.met,
            }
            for record in records
            for figure in record.figures
        ],
    }


def document(records: Sequence[Record]) -> str:
    """All figures for people, as Markdown."""
    lines = [
        "# Measurements",
        "",
        "Made by `make bench` and `make chaos` from the last run of each part; nothing is written by hand. Figures are",
        "medians, with the lowest and the highest run beside them. `.lab/bench/report.html` shows the same in charts.",
    ]
    for record in records:
        lines += [
            "",
            f"## {record.title}",
            f"{record.date}, `{record.command}`, {record.machine}, load average {record.load:.1f} at the start.",
        ]
        for note in record.notes:
            lines += ["", note]
        for table, figures in by_table(record.figures):
            lines += ["", f"### {table}", *_markdown(figures)]
    return "\n".join(lines) + "\n"


def text(record: Record) -> str:
    """One part's figures for a terminal."""
    lines = []
    for table, figures in by_table(record.figures):
        rows = [_HEADER, *map(_cells, figures)]
        widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADER))]
        lines += ["", table]
        lines += [
            "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in rows
        ]
    return "\n".join(lines).lstrip("\n")


def by_table(figures: Sequence[Figure]) -> Iterator[tuple[str, list[Figure]]]:
    """The figures of each table, tables in the order of their first figure."""
    order = list(dict.fromkeys(figure.table for figure in figures))
    ordered = sorted(figures, key=lambda figure: order.index(figure.table))
    for table, group in itertools.groupby(ordered, key=lambda figure: figure.table):
        yield table, list(group)


def _markdown(figures: Sequence[Figure]) -> Iterator[str]:
    yield f"| {' | '.join(_HEADER)} |"
    yield "| " + " | ".join("---" for _ in _HEADER) + " |"
    for figure in figures:
        yield f"| {' | '.join(_cells(figure))} |"
    for figure in figures:
        for words in filter(None, (figure.note, EXPLANATIONS.get(figure.name))):
            yield ""
            yield f"{figure.subject}, {figure.quantity}: {words}"


def _cells(figure: Figure) -> tuple[str, ...]:
    lowest, highest = _shown(min(figure.values)), _shown(max(figure.values))
    return (
        figure.subject,
        figure.quantity,
        f"{_shown(figure.median)} {figure.unit}".strip(),
        lowest if lowest == highest else f"{lowest} to {highest}",
        str(len(figure.values)),
        f"{figure.goal} {figure.unit}".strip() if figure.goal else "",
        {True: "yes", False: "NO", None: ""}[figure.met],
    )


def _shown(value: float) -> str:
    return f"{_rounded(value):g}" if abs(value) < 1000 else f"{value:,.0f}"


def _rounded(value: float) -> float:
    """Three figures are what a noisy machine gives."""
    return float(f"{value:.3g}") if abs(value) < 1000 else float(round(value))
