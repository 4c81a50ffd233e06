"""The documents that are made of records: tables, results, charts."""

import json
from pathlib import Path

import pytest

from bench import charts, records, tables
from bench.explanations import EXPLANATIONS
from bench.figures import Goal
from tests.unit.bench.figures_of import AT_MOST_ONE, figure, record


def test_results_have_the_median_the_goal_and_whether_it_is_met() -> None:
    results = tables.results([record(figure(goal=AT_MOST_ONE)), record(figure(unit=""), date="2027-01-01T00:00:00Z")])

    assert results == {
        "date": "2027-01-01T00:00:00Z",
        "machine": "2 cores",
        "results": [
            {
                "name": "1 site: this project, wall time",
                "value": 2.0,
                "unit": "s",
                "goal": "at most 1",
                "met": False,
            },
            {"name": "1 site: this project, wall time", "value": 2.0, "unit": "", "goal": None, "met": None},
        ],
    }


def test_a_document_has_a_table_for_each_circumstance_with_spread_runs_and_verdict() -> None:
    text = tables.document([
        record(
            figure(goal=AT_MOST_ONE, note="the probe takes longer"),
            figure(table="10 sites", values=(12345.6,), goal=Goal(direction="at least", limit=10)),
            figure(subject="Helm 4", values=(0.123456,)),
        )
    ])  # fmt: skip

    assert "| this project | wall time | 2 s | 1 to 4 | 3 | at most 1 s | NO |" in text
    assert "| this project | wall time | 12,346 s | 12,346 | 1 | at least 10 s | yes |" in text
    assert "| Helm 4 | wall time | 0.123 s | 0.123 | 1 |  |  |" in text
    assert "this project, wall time: the probe takes longer" in text
    assert "2026-01-02T03:04:05Z, `python -m bench delivery`, 2 cores, load average 0.2 at the start." in text
    assert "Read this." in text
    assert text.index("### 1 site") < text.index("Helm 4") < text.index("### 10 sites")


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
    assert json.loads((tmp_path / "m.json").read_text()) == tables.results(loaded)
    assert (tmp_path / "m.md").read_text() == tables.document(loaded)
    assert (tmp_path / "new" / "report.html").exists()


@pytest.mark.parametrize("document", ["md", "json"])
def test_the_committed_documents_are_those_of_the_committed_records(document: str) -> None:
    loaded = records.load()

    if document == "md":
        assert records.TABLES.read_text() == tables.document(loaded)
    else:
        assert json.loads(records.RESULTS.read_text()) == tables.results(loaded)
