"""What is destroyed, what is left, and what is said where nothing is there."""

from pathlib import Path
from typing import Any

import pytest

from lab import cluster, explained, stack_commands, turns
from lab.errors import LabError
from lab.stacks import Stack
from tests.unit.lab import lab_project
from tests.unit.lab.lab_project import deployed, run


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    lab_project.make(tmp_path, monkeypatch)
    return tmp_path


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    return lab_project.recorded(monkeypatch)


@pytest.mark.parametrize(
    ("command", "arguments", "done"),
    [
        ("refresh", [], ["recover dev", "refresh --yes --skip-preview"]),
        ("refresh", ["--preview-only"], ["refresh --preview-only"]),
        ("refresh", ["--preview-only=true"], ["refresh --preview-only=true"]),
        ("destroy", [], ["recover dev", "destroy --yes --skip-preview", "remove dev"]),
        ("destroy", ["--preview-only"], ["destroy --preview-only"]),
        ("destroy", ["--target=x"], ["recover dev", "destroy --yes --skip-preview --target=x"]),
        ("destroy", ["--help"], ["recover dev", "destroy --yes --skip-preview --help"]),
    ],
)
def test_what_only_shows_neither_recovers_nor_removes_and_a_part_is_not_the_stack(
    project: Path, asked: list[str], command: str, arguments: list[str], done: list[str]
) -> None:
    deployed(project / "cluster" / "stacks")

    assert run(command, *arguments) == 0

    assert asked == done


def test_nothing_goes_before_what_is_protected(
    project: Path, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    deployed(project / "cluster" / "stacks")
    resources = [{"urn": "urn:site"}, {"urn": "urn:key", "protect": True}]
    monkeypatch.setattr(Stack, "export", lambda _: {"deployment": {"resources": resources}})

    run("destroy")

    assert asked[:2] == ["recover dev", "destroy --yes"]


def test_a_stack_that_could_not_be_destroyed_stays(
    project: Path, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    deployed(project / "cluster" / "stacks")
    monkeypatch.setattr(explained, "run", lambda *_: 1)

    assert run("destroy") == 1
    assert asked == ["recover dev"]


def test_nothing_is_destroyed_twice(asked: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run("destroy") == 0
    assert capsys.readouterr().out == "There is nothing of the stack dev to destroy.\n"
    assert asked == []


def test_a_state_that_goes_with_a_lab_that_is_down_is_not_asked(
    project: Path, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    deployed(project / "cluster" / "stacks")
    monkeypatch.setattr(cluster, "is_running", lambda: False)

    assert run("destroy") == 0
    assert asked == []


@pytest.mark.parametrize(
    ("folder", "context", "message"),
    [
        ("stacks", None, "dev is not here, but known for the context 'my own': set KUBE_CONTEXT='my own'"),
        ("cluster/stacks", "my own", "dev is not here, but known for the context 'lab': unset KUBE_CONTEXT"),
    ],
)
def test_a_stack_on_another_cluster_is_not_called_destroyed(
    project: Path, asked: list[str], folder: str, context: str | None, message: str
) -> None:
    deployed(project / folder, "lab" if context else "my own")

    with pytest.raises(LabError, match=message) as refused:
        run("destroy", context=context)

    assert refused.value.code == 2
    assert asked == []


@pytest.mark.parametrize("context", [None, "mine"])
def test_a_name_of_no_stack_is_not_called_destroyed(asked: list[str], context: str | None) -> None:
    with pytest.raises(LabError, match="there is no stack 'sohp'") as refused:
        run("destroy", stack="sohp", context=context)

    assert refused.value.code == 2


def test_an_address_that_is_empty_is_no_state_of_this_machine(
    project: Path, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    deployed(project / "cluster" / "stacks")
    monkeypatch.setattr(cluster, "is_running", lambda: False)
    monkeypatch.setenv("PULUMI_BACKEND_URL", "")

    with pytest.raises(LabError, match="PULUMI_BACKEND_URL is ''"):
        run("destroy")
    with pytest.raises(LabError, match="PULUMI_BACKEND_URL is ''"):
        stack_commands.destroy_with_lab(Stack("dev"))
    assert asked == []


def test_a_lab_without_the_stack_goes_down_without_a_word(asked: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    stack_commands.destroy_with_lab(Stack("gone"))

    assert asked == []
    assert capsys.readouterr().out == ""


def test_a_lab_takes_its_stack_along(project: Path, asked: list[str]) -> None:
    deployed(project / "cluster" / "stacks")

    stack_commands.destroy_with_lab(Stack("dev"))

    assert asked == ["recover dev", "destroy --yes --skip-preview", "remove dev"]


@pytest.mark.parametrize("end", [1, LabError("the engine is gone"), OSError("the engine is gone")], ids=repr)
def test_what_is_left_of_a_stack_goes_with_its_lab(
    project: Path,
    asked: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    end: int | Exception,
) -> None:
    deployed(project / "cluster" / "stacks")
    monkeypatch.setattr(explained, "run", _ending(end))

    stack_commands.destroy_with_lab(Stack("dev"))

    said = capsys.readouterr().out
    assert said.endswith("What is left of the stack goes down with the lab.\n")
    assert ("the engine is gone" in said) == isinstance(end, Exception)


@pytest.mark.parametrize("end", [1, LabError("the engine is gone")], ids=str)
def test_a_shared_state_does_not_go_with_the_lab_which_stays(
    project: Path,
    asked: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    end: int | LabError,
) -> None:
    deployed(project / "cluster" / "stacks" / "shared")
    monkeypatch.setenv("PULUMI_BACKEND_URL", "s3://states")
    monkeypatch.setattr(explained, "run", _ending(end))

    with pytest.raises(
        LabError, match="The lab stays up, for the shared state may still have the stack dev"
    ) as refused:
        stack_commands.destroy_with_lab(Stack("dev"))

    assert ("the engine is gone" in str(refused.value)) == isinstance(end, LabError)
    assert "goes down" not in capsys.readouterr().out


def test_a_lab_that_does_not_run_has_nothing_to_destroy_whoever_has_the_state(
    project: Path, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PULUMI_BACKEND_URL", "s3://states")
    stack_commands.destroy_with_lab(Stack("dev"))
    deployed(project / "cluster" / "stacks" / "shared")
    monkeypatch.setattr(cluster, "is_running", lambda: False)

    stack_commands.destroy_with_lab(Stack("dev"))

    assert asked == []


def test_of_a_lab_of_which_a_part_has_died_nothing_is_called_destroyed(
    project: Path, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    deployed(project / "cluster" / "stacks")
    deployed(project / "cluster" / "stacks" / "shared")
    monkeypatch.setattr(cluster, "is_running", lambda: False)
    monkeypatch.setattr(cluster, "can_be_revived", lambda: True)

    with pytest.raises(LabError, match="the lab runs in part, and the stack dev with it: `make up`"):
        run("destroy")
    # Its own state goes down with the lab, a shared one does not.
    stack_commands.destroy_with_lab(Stack("dev"))
    monkeypatch.setenv("PULUMI_BACKEND_URL", "s3://states")
    with pytest.raises(LabError, match="the lab runs in part"):
        stack_commands.destroy_with_lab(Stack("dev"))

    assert asked == []


@pytest.mark.usefixtures("asked")
def test_the_lab_stays_while_another_command_is_at_work_on_the_stack(project: Path) -> None:
    deployed(project / "cluster" / "stacks")
    stack = Stack("dev")

    with turns.alone(stack, "deploy"), pytest.raises(LabError, match="the stack dev is locked by process"):
        stack_commands.destroy_with_lab(stack)


def _ending(end: int | Exception) -> Any:
    def run(*_: object) -> int:
        if isinstance(end, Exception):
            raise end
        return end

    return run
