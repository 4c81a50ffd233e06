"""The report with charts: one HTML file that needs no other file and no network."""

import html
from collections.abc import Iterator, Sequence

import plotly.graph_objects as go
from plotly.offline import get_plotlyjs

from . import tables
from .figures import Figure, Record

_STYLE = "body{font-family:sans-serif;max-width:70em;margin:2em auto;padding:0 1em}.chart{margin-bottom:2em}"


def page(records: Sequence[Record]) -> str:
    """The report on some records."""
    parts = [part for record in records for part in _section(record)]
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Measurements</title>'
        f"<style>{_STYLE}</style><script>{get_plotlyjs()}</script></head>\n"
        f"<body><h1>Measurements</h1>\n{''.join(parts)}</body></html>\n"
    )


def _section(record: Record) -> Iterator[str]:
    yield f"<h2>{html.escape(record.title)}</h2>\n"
    for words in (tables.circumstances(record), *record.notes):
        yield f"<p>{html.escape(words)}</p>\n"
    for table, figures in tables.by_table(record.figures):
        yield f"<h3>{html.escape(table)}</h3>\n"
        measured = [figure for figure in figures if figure.values]
        for axis in dict.fromkeys(map(_axis, measured)):
            chart = bars([figure for figure in measured if _axis(figure) == axis], axis)
            body = chart.to_html(full_html=False, include_plotlyjs=False, config={"displayModeBar": False})
            yield f'<div class="chart">{body}</div>\n'
        for words in tables.notes(figures):
            yield f"<p>{html.escape(words)}</p>\n"


def _axis(figure: Figure) -> str:
    """Plain numbers count different things, and failures would not be seen beside requests."""
    return figure.unit or figure.quantity


def bars(figures: Sequence[Figure], unit: str) -> go.Figure:
    """Bars for figures of one unit: a group for each quantity, a colour for each subject, whiskers for the spread."""
    chart = go.Figure(
        layout={"barmode": "group", "yaxis": {"title": {"text": unit}}, "height": 280, "margin": {"t": 20, "b": 40}}
    )
    for subject in dict.fromkeys(figure.subject for figure in figures):
        own = [figure for figure in figures if figure.subject == subject]
        chart.add_bar(
            name=subject,
            x=[figure.quantity for figure in own],
            y=[figure.median for figure in own],
            error_y={
                "type": "data",
                "symmetric": False,
                "array": [max(figure.values) - figure.median for figure in own],
                "arrayminus": [figure.median - min(figure.values) for figure in own],
            },
            hovertext=[
                f"goal: {figure.goal}, {'met' if figure.met else 'MISSED'}" if figure.goal else "no goal"
                for figure in own
            ],
        )
    return chart
