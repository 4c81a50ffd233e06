"""The removal of scenarios tells all that it could not remove."""

from pathlib import Path

import pytest

from lab import paths
from lab.errors import LabError
from scenarios import __main__ as program
from scenarios import course, model, stack
from scenarios.commands import Answer, Commands
from scenarios.course import Course

(SHARED,) = model.chosen(model.load(), ["shared-volume"])
FORBIDDEN = Answer(code=1, remarks="Error from server (Forbidden): persistentvolumes")


@pytest.fixture(autouse=True)
def _nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of a scenario is there but its log."""
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    monkeypatch.setattr(paths, "LOGS", tmp_path)
    monkeypatch.setattr(stack, "FOLDER", tmp_path / "scenarios")


@pytest.mark.parametrize(
    ("deleted", "namespace", "problems"),
    [
        (Answer(code=0), "", []),
        (FORBIDDEN, "", [f"what was given could not be removed: {FORBIDDEN.remarks}"]),
        (Answer(code=0), "shop", ["something is left behind: shop"]),
        (
            FORBIDDEN,
            "shop",
            [f"what was given could not be removed: {FORBIDDEN.remarks}", "something is left behind: shop"],
        ),
    ],
    ids=["nothing", "what-was-given", "namespace", "both"],
)
def test_what_was_given_is_not_called_gone_where_it_stays(
    monkeypatch: pytest.MonkeyPatch, deleted: Answer, namespace: str, problems: list[str]
) -> None:
    def kubectl(commands: Commands, verb: str, *_: str, **__: object) -> Answer:
        del commands
        return deleted if verb == "delete" else Answer(code=0, result=namespace)

    monkeypatch.setattr(course, "kubectl", kubectl)

    assert Course(SHARED, Commands()).remove() == problems


def test_an_error_in_one_scenario_is_told_and_the_others_are_removed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def remove(self: Course) -> list[str]:
        if self._scenario.name == "headless":
            raise LabError("the stack is locked")
        return []

    monkeypatch.setattr(Course, "_remove", remove)

    code = program._remove(model.chosen(model.load(), ["headless", "dns-lookup"]), Commands(), 1)

    said = capsys.readouterr().out
    assert code == 1
    assert "left: headless" in said
    assert "gone: dns-lookup" in said
    assert said.endswith("\nthe stack is locked\n")
