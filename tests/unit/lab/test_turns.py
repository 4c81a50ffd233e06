"""Commands on this machine that are about one stack: which wait for each other."""

from pathlib import Path

import pytest

from lab import engine, preparing, stack_commands, turns
from lab.errors import LabError
from lab.stacks import Stack
from tests.unit.lab import lab_project


@pytest.fixture(autouse=True)
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The copy of the configuration of the stack dev, which was deployed to the context `mine`."""
    lab_project.make(tmp_path, monkeypatch)
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "ours")
    lab_project.deployed(tmp_path / "stacks", "mine")
    lab_project.with_state(tmp_path / "stacks")
    made = tmp_path / "stacks" / "Pulumi.dev.yaml"
    made.write_text(f"encryptionsalt: v1:x\n{made.read_text()}")
    return made


def test_the_same_name_on_the_lab_and_elsewhere_is_two_stacks() -> None:
    with turns.alone(Stack("dev"), "deploy"), turns.alone(Stack("dev", "mine"), "deploy"):
        pass


@pytest.mark.parametrize("context", [None, "mine"])
def test_a_stack_is_changed_by_one_command_at_a_time(context: str | None) -> None:
    stack = Stack("dev", context)

    with (
        turns.alone(stack, "deploy"),
        pytest.raises(LabError, match=r"the stack dev is locked by process \d+ \(lab deploy"),
        turns.alone(stack, "destroy"),
    ):
        pass


def test_the_copy_of_a_configuration_is_written_by_one_command_at_a_time(copy: Path) -> None:
    before = copy.read_text()
    stack = Stack("dev", "mine")

    with (
        turns.steady(stack, "rotate-passphrase"),
        pytest.raises(LabError, match="configuration of the stack dev is locked"),
    ):
        preparing.prepare(stack)

    assert copy.read_text() == before


def test_an_update_may_take_its_time_while_others_look(copy: Path) -> None:
    before = copy.read_text()
    stack = Stack("dev", "mine")

    with turns.alone(stack, "deploy"):
        preparing.prepare(stack)

    assert copy.read_text() != before


@pytest.fixture
def attended(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is asked of pulumi, and which other commands have to wait until it has ended."""
    asked: list[str] = []

    def look() -> None:
        preparing.prepare(Stack("dev", "mine"))

    def rotate() -> None:
        with turns.alone(Stack("dev", "mine"), "rotate-passphrase"):
            pass

    def attend(command: list[str], **_: object) -> int:
        asked.append(" ".join(command[1:3]))
        for name, act in {"preview": look, "rotation": rotate}.items():
            try:
                act()
            except LabError as refused:
                asked.append(f"{name}: {str(refused).partition(' by process')[0]}")
        return 0

    monkeypatch.setattr(stack_commands, "attend", attend)
    monkeypatch.setattr(stack_commands, "build_missing", lambda **_: None)
    monkeypatch.setattr(engine, "require_official", lambda: None)
    return asked


WAITING = ["preview: the configuration of the stack dev is locked", "rotation: the stack dev is locked"]


@pytest.mark.parametrize(
    ("arguments", "waiting"),
    [
        (["config", "set", "--secret", "key"], WAITING),
        (["config", "rm", "key"], WAITING),
        (["config", "get", "key"], []),
        (["stack", "export"], []),
    ],
    ids=" ".join,
)
def test_a_secret_that_is_set_is_lost_to_no_other_command(
    attended: list[str], arguments: list[str], waiting: list[str]
) -> None:
    assert lab_project.run("pulumi", *arguments, context="mine") == 0

    assert attended == [" ".join(arguments[:2]), *waiting]


def test_no_secret_is_set_while_the_stack_is_changed(attended: list[str]) -> None:
    for hold in (turns.alone, turns.steady):
        with hold(Stack("dev", "mine"), "rotate-passphrase"), pytest.raises(LabError, match="is locked by process"):
            lab_project.run("pulumi", "config", "rm", "key", context="mine")

    assert attended == []
