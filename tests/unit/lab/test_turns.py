"""Commands on this machine that are about one stack: which wait for each other."""

from pathlib import Path

import pytest

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
    with Stack("dev").alone("deploy"), Stack("dev", "mine").alone("deploy"):
        pass


@pytest.mark.parametrize("context", [None, "mine"])
def test_a_stack_is_changed_by_one_command_at_a_time(context: str | None) -> None:
    stack = Stack("dev", context)

    with (
        stack.alone("deploy"),
        pytest.raises(LabError, match=r"the stack dev is locked by process \d+ \(lab deploy"),
        stack.alone("destroy"),
    ):
        pass


def test_the_copy_of_a_configuration_is_written_by_one_command_at_a_time(copy: Path) -> None:
    before = copy.read_text()
    stack = Stack("dev", "mine")

    with stack.steady("rotate-passphrase"), pytest.raises(LabError, match="configuration of the stack dev is locked"):
        stack.prepare()

    assert copy.read_text() == before


def test_an_update_may_take_its_time_while_others_look(copy: Path) -> None:
    before = copy.read_text()
    stack = Stack("dev", "mine")

    with stack.alone("deploy"):
        stack.prepare()

    assert copy.read_text() != before
