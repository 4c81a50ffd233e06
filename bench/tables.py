"""Figures as text: the tables at the end of a run, and the document with all of them."""

import itertools
from collections.abc import Iterator, Sequence

from .explanations import EXPLANATIONS
from .figures import Figure, Record

Grid = list[tuple[str, ...]]
"""Rows of cells, the header first."""

_ALONE = ("what", "quantity", "median", "lowest to highest", "runs", "goal", "met")
_VERDICTS = {True: "yes", False: "NO", None: ""}
_NOT_MEASURED = "not measured"
_COLUMNS = 6
"""As many quantities, or subjects, as a person can compare side by side."""


def document(records: Sequence[Record]) -> str:
    """All figures for people, as Markdown."""
    lines = [
        "# Measurements",
        "",
        "Made by `make bench`, also with `ARGS=delivery-many` and `ARGS=delivery-hundred`, and `make chaos`, from the",
        "last whole run of each part; no figure is written by hand. All is the lab's, which",
        "[waits less](lab.md#where-it-is-not-plain-kubernetes) for pods and Jobs than other clusters do.",
        "Figures are medians, with the lowest and the highest run beside them. Charts: `.lab/bench/report.html`.",
        "",
        "## Goals",
        *_rows([("part", "goals", "met", "missed", "not measured", "when", "commit"), *map(_score, records)]),
        *_missed(records),
    ]
    for record in records:
        lines += ["", f"## {record.title}", circumstances(record, code="`")]
        for note in record.notes:
            lines += ["", note]
        for table, figures in by_table(record.figures):
            lines += ["", f"### {table}", *_rows(grid(figures))]
            for note in notes(figures):
                lines += ["", note]
    return "\n".join(lines) + "\n"


def text(record: Record) -> str:
    """One part's figures for a terminal."""
    lines = []
    for table, figures in by_table(record.figures):
        rows = grid(figures)
        widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
        lines += ["", table]
        lines += [
            "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in rows
        ]
    return "\n".join(lines).lstrip("\n")


def circumstances(record: Record, code: str = "") -> str:
    """When, by what command, of what and on what a part was measured."""
    return (
        f"{record.date}, {code}{record.command}{code}, commit {record.commit}, {record.machine}, "
        f"load average {record.load:.1f} at the start."
    )


def by_table(figures: Sequence[Figure]) -> Iterator[tuple[str, list[Figure]]]:
    """The figures of each table, tables in the order of their first figure."""
    order = list(dict.fromkeys(figure.table for figure in figures))
    ordered = sorted(figures, key=lambda figure: order.index(figure.table))
    for table, group in itertools.groupby(ordered, key=lambda figure: figure.table):
        yield table, list(group)


def notes(figures: Sequence[Figure]) -> Iterator[str]:
    """What must be known to read figures, and what stands in the way of a better one where no goal is met."""
    for figure in figures:
        explanation = None if figure.met else EXPLANATIONS.get(figure.name)
        for words in filter(None, (figure.note, explanation)):
            yield f"{figure.subject}, {figure.quantity}: {words}"


def grid(figures: Sequence[Figure]) -> Grid:
    """The figures of one table: side by side where several subjects have several quantities, else one in a row."""
    subjects = list(dict.fromkeys(figure.subject for figure in figures))
    quantities = list(dict.fromkeys(figure.quantity for figure in figures))
    shortest = min(len(subjects), len(quantities))
    mostly_empty = 2 * len(figures) <= len(subjects) * len(quantities)
    if mostly_empty or not 1 < shortest <= _COLUMNS:
        return [_ALONE, *map(_alone, figures)]
    cells = {(figure.subject, figure.quantity): _cell(figure) for figure in figures}
    if len(quantities) <= _COLUMNS:
        return [
            ("what", *quantities),
            *((subject, *(cells.get((subject, each), "") for each in quantities)) for subject in subjects),
        ]
    return [
        ("quantity", *subjects),
        *((quantity, *(cells.get((each, quantity), "") for each in subjects)) for quantity in quantities),
    ]


def shown(value: float) -> str:
    """A value with the three figures that a noisy machine gives."""
    return f"{rounded(value):g}" if abs(value) < 1000 else f"{value:,.0f}"


def rounded(value: float) -> float:
    """The same as a number."""
    return float(f"{value:.3g}") if abs(value) < 1000 else float(round(value))


def _rows(rows: Grid) -> Iterator[str]:
    header, *rest = rows
    yield f"| {' | '.join(header)} |"
    yield "| " + " | ".join("---" for _ in header) + " |"
    for row in rest:
        yield f"| {' | '.join(row)} |"


def _score(record: Record) -> tuple[str, ...]:
    held = [figure for figure in record.figures if figure.goal]
    met = sum(1 for figure in held if figure.met)
    unmeasured = sum(1 for figure in held if not figure.values)
    counts = (len(held), met, len(held) - met - unmeasured, unmeasured)
    return (record.title, *map(str, counts), record.date[:10], record.commit)


def _missed(records: Sequence[Record]) -> Iterator[str]:
    rows: Grid = []
    for figure in (figure for record in records for figure in record.figures):
        if figure.goal and not figure.met:
            value = _with_unit(figure, figure.median) if figure.values else _NOT_MEASURED
            by = figure.goal.missed_by(figure.median) if figure.values else ""
            rows.append((figure.name, value, f"{figure.goal} {figure.unit}".strip(), by))
    if rows:
        yield ""
        yield "What is known of why is below the tables."
        yield ""
        yield from _rows([("missed", "median", "goal", "by"), *rows])


def _alone(figure: Figure) -> tuple[str, ...]:
    return (
        figure.subject,
        figure.quantity,
        _with_unit(figure, figure.median) if figure.values else _NOT_MEASURED,
        _spread(figure) or (shown(figure.median) if figure.values else ""),
        str(len(figure.values)),
        f"{figure.goal} {figure.unit}".strip() if figure.goal else "",
        _VERDICTS[figure.met],
    )


def _cell(figure: Figure) -> str:
    if not figure.values:
        return _NOT_MEASURED
    spread = _spread(figure)
    value = f"{_with_unit(figure, figure.median)}{f' ({spread})' if spread else ''}"
    return f"{value}; {figure.goal}: {_VERDICTS[figure.met]}" if figure.goal else value


def _spread(figure: Figure) -> str:
    if not figure.values:
        return ""
    lowest, highest = shown(min(figure.values)), shown(max(figure.values))
    return "" if lowest == highest else f"{lowest} to {highest}"


def _with_unit(figure: Figure, value: float) -> str:
    return f"{shown(value)} {figure.unit}".strip()
