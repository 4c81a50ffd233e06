"""What stacks and scenarios declare is what was reviewed."""

import difflib

import pytest

from tests.unit import manifests, messages

SNAPSHOTS = manifests.snapshots()


@pytest.mark.parametrize("name", SNAPSHOTS)
def test_what_is_declared_is_what_was_reviewed(name: str) -> None:
    file = manifests.FOLDER / f"{name}.yaml"
    reviewed = file.read_text() if file.exists() else ""
    declared = SNAPSHOTS[name]()

    lines = (reviewed.splitlines(), declared.splitlines())
    change = list(difflib.unified_diff(*lines, file.name, "what is declared now", lineterm=""))
    assert not change, "\n".join([*change, "If all of that is meant: make snapshots, and review the change."])


def test_nothing_else_is_there_to_be_reviewed() -> None:
    assert {file.stem for file in manifests.FOLDER.glob("*.yaml")} == set(SNAPSHOTS)


def test_no_snapshot_holds_a_secret() -> None:
    for file in manifests.FOLDER.glob("*.yaml"):
        assert "PRIVATE KEY" not in file.read_text(), file.name


def test_what_is_said_of_mistakes_is_what_was_reviewed() -> None:
    assert messages.text() == messages.FILE.read_text(), "If the change is meant: make snapshots, and review it."
