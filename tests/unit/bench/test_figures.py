"""Figures, goals and what is computed of them."""

import json

import pytest

from bench.figures import Goal, from_data, percentile, to_data
from tests.unit.bench.figures_of import AT_MOST_ONE, figure, record


def test_a_figure_is_the_median_of_its_runs() -> None:
    assert figure(values=(9.0, 1.0, 2.0)).median == 2.0


@pytest.mark.parametrize(
    ("direction", "value", "met"),
    [("at most", 1.0, True), ("at most", 1.01, False), ("at least", 1.0, True), ("at least", 0.99, False)],
)
def test_a_goal_holds_up_to_its_limit(direction: str, value: float, met: bool) -> None:
    goal = Goal(direction=direction, limit=1)  # type: ignore[arg-type]

    assert figure(values=(value,), goal=goal).met is met
    assert str(goal) == f"{direction} 1"


def test_without_a_goal_nothing_is_met_or_missed() -> None:
    assert figure().met is None


def test_what_was_not_measured_meets_no_goal() -> None:
    assert figure(values=(), goal=AT_MOST_ONE).met is False
    assert figure(values=()).met is None


@pytest.mark.parametrize(
    ("limit", "value", "by"), [(1.5, 2.0, "33 %"), (0.8, 2.4, "200 %"), (4, 1, "75 %"), (0, 3, "3")]
)
def test_a_goal_says_by_how_much_it_is_missed(limit: float, value: float, by: str) -> None:
    assert Goal(direction="at most", limit=limit).missed_by(value) == by


def test_a_record_survives_its_file() -> None:
    whole = record(figure(goal=AT_MOST_ONE, note="why"), figure(subject="other"))

    assert from_data(json.loads(json.dumps(to_data(whole)))) == whole


@pytest.mark.parametrize(("percent", "value"), [(50, 50), (99, 99), (100, 100), (1, 1), (0, 1)])
def test_a_percentile_is_a_value_that_so_many_do_not_exceed(percent: float, value: float) -> None:
    assert percentile(list(range(100, 0, -1)), percent) == value


def test_a_percentile_of_few_values_is_not_below_its_share() -> None:
    assert percentile([1, 2, 3], 50) == 2
    assert percentile([7], 99) == 7
