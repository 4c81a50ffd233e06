"""The table, and the exit code with which the run ends."""

from collections.abc import Callable

import pytest

from lab.errors import LabError
from scenarios import board
from scenarios.commands import Commands, Stopped
from scenarios.course import Course, Outcome, diagnosis
from scenarios.model import Scenario, Step

SCENARIOS = [Scenario(name=name, title="", steps=(Step(config={}),)) for name in ("one", "two", "three")]
WRONG = "service/my-nginx spec/type is 'NodePort', not 'LoadBalancer'"


def outcome(scenario: Scenario, *failures: str) -> Outcome:
    return Outcome(scenario=scenario.name, failures=failures, seconds=1.25)


def run_all(run: Callable[[Scenario], Outcome], commands: Commands | None = None) -> int:
    return board.run_all(SCENARIOS, commands or Commands(), jobs=2, run=run)


def test_a_run_in_which_all_holds_is_green(capsys: pytest.CaptureFixture[str]) -> None:
    code = run_all(outcome)

    said = capsys.readouterr().out
    assert code == 0
    assert [line.split() for line in said.splitlines() if line.startswith(("scenario", *"ot"))] == [
        ["scenario", "verdict", "seconds"],
        *([name, "verified", "1.2"] for name in ("one", "two", "three")),
    ]
    assert "3 of 3 scenarios hold" in said


def test_one_scenario_that_is_wrong_turns_the_table_red_and_stops_no_other(capsys: pytest.CaptureFixture[str]) -> None:
    code = run_all(lambda scenario: outcome(scenario, *([WRONG] if scenario.name == "two" else [])))

    said = capsys.readouterr().out
    assert code == 1
    assert "two       FAILED           1.2\n" in said
    assert said.count("verified  ") == 2
    assert f"\ntwo: {WRONG}\n" in said
    assert "2 of 3 scenarios hold" in said


def test_an_interruption_is_told_apart_from_a_failure(capsys: pytest.CaptureFixture[str]) -> None:
    commands = Commands()

    def run(scenario: Scenario) -> Outcome:
        commands.interrupt()
        commands.check()
        return outcome(scenario)

    code = run_all(run, commands)

    said = capsys.readouterr().out
    assert code == 130
    assert said.count("interrupted        -") == 3
    assert "0 of 3 scenarios hold" in said


def test_an_error_that_nobody_foresaw_is_one_scenarios_failure(capsys: pytest.CaptureFixture[str]) -> None:
    def run(scenario: Scenario) -> Outcome:
        return {"one": outcome(scenario), "three": outcome(scenario)}[scenario.name]

    code = run_all(run)

    said = capsys.readouterr().out
    assert code == 1
    assert said.count("verified  ") == 2
    assert "\ntwo: KeyError: 'two'\n" in said
    assert "2 of 3 scenarios hold" in said


@pytest.mark.parametrize(
    ("error", "failure"),
    [(KeyError("clusterIp"), "KeyError: 'clusterIp'"), (LabError("the lab is down"), "the lab is down")],
)
def test_what_an_error_leaves_is_removed_and_told_as_well(
    monkeypatch: pytest.MonkeyPatch, error: Exception, failure: str
) -> None:
    def from_nothing(course: Course) -> list[str]:
        raise error

    monkeypatch.setattr(Course, "_from_nothing", from_nothing)
    monkeypatch.setattr(Course, "remove", lambda _: ["something is left behind"])

    found = Course(SCENARIOS[0], Commands()).run(keep=False)

    assert (found.scenario, found.failures) == ("one", (failure, "something is left behind"))


def test_an_error_after_an_interruption_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    commands = Commands()

    def from_nothing(course: Course) -> list[str]:
        commands.interrupt()
        raise ValueError("half of an answer")

    monkeypatch.setattr(Course, "_from_nothing", from_nothing)
    monkeypatch.setattr(Course, "remove", lambda _: [])

    with pytest.raises(Stopped):
        Course(SCENARIOS[0], commands).run(keep=True)


def test_a_failed_update_is_explained_by_its_diagnostics() -> None:
    said = "Updating\n\nDiagnostics:\n  Job (a):\n    error: FAILED service\n\nResources:\n    + 3 created\n"

    assert diagnosis(said) == "  Job (a):\n    error: FAILED service"
    assert diagnosis("one\n" * 3 + "error: no passphrase\n") == "one\none\none\nerror: no passphrase"
    assert len(diagnosis("one\n" * 30).splitlines()) == 12
