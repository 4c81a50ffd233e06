"""The documents that are made of records: tables, results, charts."""

import json
from pathlib import Path

import pytest

from bench import charts, records, results, tables
from bench.explanations import EXPLANATIONS
from bench.figures import Goal
from tests.unit.bench.figures_of import AT_MOST_ONE, figure, record


def test_results_have_the_median_the_goal_whether_it_is_met_and_the_spread() -> None:
    found = results.results([record(figure(goal=AT_MOST_ONE)), record(figure(unit=""), date="2027-01-01T00:00:00Z")])

    spread = {"lowest": 1.0, "highest": 4.0, "runs": 3, "commit": "0123abc"}
    assert found == {
        "date": "2027-01-01T00:00:00Z",
        "machine": "2 cores",
        "results": [
            {
                "name": "1 site: this project, wall time", "value": 2.0, "unit": "s", "goal": "at most 1", "met": False,
                "date": "2026-01-02T03:04:05Z", **spread,
            },
            {
                "name": "1 site: this project, wall time", "value": 2.0, "unit": "", "goal": None, "met": None,
                "date": "2027-01-01T00:00:00Z", **spread,
            },
        ],
    }  # fmt: skip


def test_results_have_what_was_not_measured() -> None:
    (found,) = results.results([record(figure(values=(), goal=AT_MOST_ONE))])["results"]

    assert (found["value"], found["lowest"], found["runs"], found["met"]) == (None, None, 0, False)


def test_a_document_has_a_table_for_each_circumstance_with_spread_runs_and_verdict() -> None:
    text = tables.document([
        record(
            figure(goal=AT_MOST_ONE, note="the probe takes longer"),
            figure(table="10 sites", values=(12345.6,), goal=Goal(direction="at least", limit=10)),
            figure(subject="Helm 4", values=(0.123456,)),
            figure(subject="kubectl", values=(), goal=AT_MOST_ONE),
        )
    ])  # fmt: skip

    assert "| this project | wall time | 2 s | 1 to 4 | 3 | at most 1 s | NO |" in text
    assert "| this project | wall time | 12,346 s | 12,346 | 1 | at least 10 s | yes |" in text
    assert "| Helm 4 | wall time | 0.123 s | 0.123 | 1 |  |  |" in text
    assert "| kubectl | wall time | not measured |  | 0 | at most 1 s | NO |" in text
    assert "this project, wall time: the probe takes longer" in text
    assert (
        "2026-01-02T03:04:05Z, `python -m bench delivery`, commit 0123abc, 2 cores, load average 0.2 at the start."
    ) in text
    assert "Read this." in text
    assert text.index("### 1 site") < text.index("Helm 4") < text.index("### 10 sites")


def test_several_quantities_of_several_subjects_stand_side_by_side() -> None:
    rows = tables.grid([
        figure(goal=AT_MOST_ONE), figure(quantity="memory", unit="MiB", values=(5.0,)),
        figure(subject="Helm 4"), figure(subject="kubectl", quantity="memory", values=(), unit="MiB"),
    ])  # fmt: skip

    assert rows == [
        ("what", "wall time", "memory"),
        ("this project", "2 s (1 to 4); at most 1: NO", "5 MiB"),
        ("Helm 4", "2 s (1 to 4)", ""),
        ("kubectl", "", "not measured"),
    ]


def test_what_has_nothing_to_be_compared_with_stands_alone() -> None:
    header, *rows = tables.grid([figure(subject="a", quantity="x"), figure(subject="b", quantity="y")])

    assert header[:2] == ("what", "quantity")
    assert [row[:2] for row in rows] == [("a", "x"), ("b", "y")]


def test_where_there_are_more_quantities_than_a_page_is_wide_subjects_stand_side_by_side() -> None:
    figures = [
        figure(subject=subject, quantity=str(number), values=(number,)) for subject in "ab" for number in range(1, 8)
    ]

    header, first, *_ = tables.grid(figures)

    assert header == ("quantity", "a", "b")
    assert first == ("1", "1 s", "1 s")


def test_a_document_begins_with_the_goals_and_what_was_missed() -> None:
    text = tables.document([
        record(figure(goal=AT_MOST_ONE), figure(subject="Helm 4", values=(), goal=AT_MOST_ONE)),
        record(figure(values=(1.0,), goal=AT_MOST_ONE), title="Site"),
    ])  # fmt: skip

    assert "| Speed | 2 | 0 | 1 | 1 | 2026-01-02 | 0123abc |" in text
    assert "| Site | 1 | 1 | 0 | 0 | 2026-01-02 | 0123abc |" in text
    assert "| 1 site: this project, wall time | 2 s | at most 1 s | 100 % |" in text
    assert "| 1 site: Helm 4, wall time | not measured | at most 1 s |  |" in text
    assert "missed | median" not in tables.document([record(figure())])


def test_what_stands_in_the_way_is_beside_its_figure() -> None:
    name, words = next(iter(EXPLANATIONS.items()))
    table, _, rest = name.partition(": ")
    subject, _, quantity = rest.rpartition(", ")

    text = tables.document([record(figure(table=table, subject=subject, quantity=quantity))])

    assert f"{subject}, {quantity}: {words}" in text
    assert words not in tables.document([record(figure())])


def test_a_terminal_shows_the_same_in_columns() -> None:
    lines = tables.text(record(figure(), figure(subject="b"))).splitlines()

    assert lines[0] == "1 site"
    assert lines[2].split() == ["this", "project", "wall", "time", "2", "s", "1", "to", "4", "3"]
    assert lines[3].index("wall time") == lines[2].index("wall time")


def test_the_report_needs_no_other_file_and_shows_every_figure() -> None:
    page = charts.page([record(figure(subject="a<b"), figure(unit="MiB", quantity="memory"), notes=("1 < 2",))])

    assert "src=" not in page.split("<body>")[1]
    assert "<link" not in page
    assert "plotly.js" in page
    assert "1 &lt; 2" in page
    assert page.count('class="chart"') == 2
    assert "a\\u003cb" in page


def test_counts_of_different_things_have_a_chart_each_and_what_was_not_measured_has_none() -> None:
    page = charts.page([record(
        figure(unit="", quantity="requests", note="many"), figure(unit="", quantity="failed", goal=AT_MOST_ONE),
        figure(unit="MiB", values=()),
    )])  # fmt: skip

    assert page.count('class="chart"') == 2
    assert "this project, requests: many" in page
    assert "MISSED" in page


def test_whiskers_reach_from_the_lowest_to_the_highest_run() -> None:
    chart = charts.bars([figure(values=(1.0, 2.0, 5.0))], "s")

    (bar,) = chart.data
    assert bar.y == (2.0,)
    assert bar.error_y.array == (3.0,)
    assert bar.error_y.arrayminus == (1.0,)


def test_records_are_kept_by_part_and_published_together(tmp_path: Path) -> None:
    first, second = record(figure(), part="site"), record(figure(), part="delivery")
    for each in (first, second, first):
        records.save(each, tmp_path / "records")
    loaded = records.load(tmp_path / "records")
    records.publish(
        loaded, tmp_path / "new" / "report.html", document=tmp_path / "m.md", results=tmp_path / "m.json"
    )  # fmt: skip

    assert loaded == [second, first]
    assert json.loads((tmp_path / "m.json").read_text()) == results.results(loaded)
    assert (tmp_path / "m.md").read_text() == tables.document(loaded)
    assert (tmp_path / "new" / "report.html").exists()


@pytest.mark.parametrize("document", ["md", "json"])
def test_the_committed_documents_are_those_of_the_committed_records(document: str) -> None:
    loaded = records.load()

    if document == "md":
        assert records.TABLES.read_text() == tables.document(loaded)
    else:
        assert json.loads(records.RESULTS.read_text()) == results.results(loaded)


def test_every_goal_that_is_missed_says_what_stands_in_the_way() -> None:
    missed = {figure.name for each in records.load() for figure in each.figures if figure.met is False}

    assert not missed - EXPLANATIONS.keys()
