"""Another passphrase for a stack, or for all stacks of a folder: nothing is left that no known passphrase opens."""

import os
from pathlib import Path
from typing import Any

import pytest

from lab import paths, rotation, turns
from lab.errors import LabError
from lab.stacks import Stack
from tests.unit.lab import passphrase_engine
from tests.unit.lab.passphrase_engine import OLD, STACKS, Engine, KilledError, all_have, files, present, rotate


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    return passphrase_engine.made(tmp_path, monkeypatch)


@pytest.fixture
def folder(engine: Engine) -> Path:
    return engine.folder


def test_all_stacks_of_a_folder_get_one_new_passphrase(
    engine: Engine, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NEW_PASSPHRASE", "mine")
    rotate()

    assert (new := (folder / "passphrase").read_text()) not in {OLD, "mine"}
    assert "NEW_PASSPHRASE is not looked at" in capsys.readouterr().out
    assert all_have(engine, new)
    assert files(folder) == {"passphrase"}


@pytest.mark.usefixtures("engine")
def test_no_passphrase_is_replaced_by_one_that_is_not_yet_on_the_disk(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[tuple[str, bool]] = []

    def sync(handle: int) -> None:
        file = Path(f"/proc/self/fd/{handle}").readlink()
        synced.append((file.name, (folder / "passphrase").read_text() == OLD))

    monkeypatch.setattr(os, "fsync", sync)

    rotate()

    name, is_old = synced[0]
    assert (name.startswith(".passphrase.new."), is_old) == (True, True)
    assert synced[-1] == (folder.name, False)


def _former(folder: Path, name: str) -> list[Path]:
    """Make what Pulumi keeps of a state from before, and last the entry of its history."""
    made = [
        folder / ".pulumi" / "stacks" / "secure-nginx" / f"{name}.json.bak",
        folder / ".pulumi" / "backups" / "secure-nginx" / name / f"{name}.1.json",
        folder / ".pulumi" / "history" / "secure-nginx" / name / f"{name}-1.checkpoint.json",
        folder / ".pulumi" / "history" / "secure-nginx" / name / f"{name}-1.history.json",
    ]
    for each in made:
        each.parent.mkdir(parents=True, exist_ok=True)
        each.write_text("{}")
    return made


def test_what_the_old_passphrase_opens_goes_when_every_stack_has_the_new_one(
    engine: Engine, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    former = {name: _former(folder, name) for name in (*STACKS, "prod")}
    engine.locked = LabError("the stack is currently locked")
    with pytest.raises(LabError, match="locked"):
        rotate()
    assert all(file.exists() for files in former.values() for file in files)
    engine.locked = None

    rotate()

    said = capsys.readouterr().out
    for name in STACKS:
        assert [file.exists() for file in former[name]] == [False, False, False, True]
        assert f"3 earlier states of the stack {name}, which the old passphrase opens, are removed" in said
    assert all(file.exists() for file in former["prod"])


def test_what_ended_half_way_is_gone_on_with(engine: Engine, folder: Path) -> None:
    engine.locked = LabError("the stack is currently locked")
    with pytest.raises(
        LabError, match=r"locked\ndev of the stacks have the passphrase in .*passphrase\.new, .*goes on"
    ):
        rotate()
    begun = engine.states["dev"]
    assert (folder / "passphrase.new").read_text() == begun
    assert (folder / "passphrase").read_text() == OLD

    engine.locked = None
    rotate()

    assert all_have(engine, begun or "")
    assert (folder / "passphrase").read_text() == begun
    assert engine.rotated == ["dev", "shop"]


@pytest.mark.parametrize("interruption", [LabError("the stack is currently locked"), KeyboardInterrupt()], ids=repr)
def test_what_is_not_done_to_the_state_is_not_done_to_the_configuration(
    engine: Engine, folder: Path, interruption: BaseException
) -> None:
    before = (folder / "Pulumi.shop.yaml").read_bytes()
    engine.locked = interruption

    with pytest.raises(type(interruption)):
        rotate()

    assert (folder / "Pulumi.shop.yaml").read_bytes() == before
    assert (folder / "Pulumi.shop.yaml").stat().st_mode & 0o777 == 0o600
    assert files(folder) == {"passphrase", "passphrase.new"}


def test_an_interruption_after_the_state_was_written_takes_nothing_back(engine: Engine, folder: Path) -> None:
    engine.dies_after = "shop"

    with pytest.raises(KilledError):
        rotate()

    assert engine.configured("shop") == engine.states["shop"] == (folder / "passphrase.new").read_text()


def test_a_state_without_secrets_says_nothing_about_the_configuration(
    engine: Engine, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Of such a state, the engine says of every passphrase that it opens it.
    empty = engine.succeeds
    monkeypatch.setattr(
        rotation, "succeeds", lambda command, **options: command[1] == "stack" or empty(command, **options)
    )
    engine.states["shop"] = None

    rotate()

    assert engine.configured("shop") == (folder / "passphrase").read_text()


def test_a_stack_without_secrets_gets_the_new_passphrase_as_well(engine: Engine, folder: Path) -> None:
    engine.without_secrets = {"shop"}
    engine.add("shop")
    engine.locked = LabError("the stack is currently locked")
    with pytest.raises(LabError, match="locked"):
        rotate()
    engine.locked = None

    rotate()

    assert engine.states["shop"] == (folder / "passphrase").read_text()


def test_a_stack_that_the_backend_does_not_know_stands_in_nobodys_way(
    engine: Engine, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    engine.add("prod")
    engine.elsewhere = {"prod"}

    rotate()

    assert all_have(engine, (folder / "passphrase").read_text())
    assert engine.configured("prod") == (folder / "passphrase.old").read_text() == OLD
    assert (folder / "passphrase.old").stat().st_mode & 0o777 == 0o600
    said = capsys.readouterr().out
    assert (
        f"Not on this backend, and encrypted as before: prod. The old passphrase is in {folder}/passphrase.old" in said
    )

    second = (folder / "passphrase").read_text()
    rotate()

    assert (folder / "passphrase.old").read_text() == OLD
    assert (folder / "passphrase.old.2").read_text() == second


def test_a_shared_backend_has_stacks_that_are_not_this_machines(
    engine: Engine, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PULUMI_BACKEND_URL", "s3://states")
    engine.add("theirs", "their own")
    (folder / "Pulumi.theirs.yaml").unlink()

    rotate()

    assert all_have(engine, (folder / "passphrase").read_text())
    assert engine.states["theirs"] == "their own"


def test_a_stack_that_nothing_opens_is_named_before_anything_is_touched(engine: Engine, folder: Path) -> None:
    engine.add("shop", "its own")

    with pytest.raises(LabError, match=r"does not open shop, so no stack was touched.*rotate-passphrase STACK=shop"):
        rotate()

    assert engine.rotated == []
    assert files(folder) == {"passphrase"}


def test_what_the_new_passphrase_does_not_open_is_not_called_done(
    engine: Engine, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        rotation, "succeeds", lambda _, *, folder, environment: folder.is_dir() and present(environment) == OLD
    )

    with pytest.raises(LabError, match=r"dev was encrypted anew, but .*passphrase\.new does not open it\nnone of"):
        rotate()

    assert (folder / "passphrase").read_text() == OLD
    assert (folder / "passphrase.new").read_text() == engine.states["dev"]


@pytest.mark.parametrize("name", STACKS)
@pytest.mark.parametrize("hold", [turns.alone, turns.steady])
def test_no_stack_gets_another_passphrase_while_a_command_changes_one_of_them(
    engine: Engine, folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, hold: Any
) -> None:
    monkeypatch.setattr(paths, "REPOSITORY", folder)

    with hold(Stack(name), "deploy"), pytest.raises(LabError, match=rf"the stack {name} is locked by process"):
        rotate()

    assert engine.rotated == []
    assert files(folder) == {"passphrase"}


@pytest.fixture
def own(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """Stacks with a passphrase that somebody has chosen."""
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", OLD)
    return engine


@pytest.mark.parametrize("new", ["", " ", " new", "new ", "new\t", "new\n", "\nnew", "two\nlines", "new\r"])
def test_a_passphrase_that_pulumi_would_cut_is_refused(own: Engine, monkeypatch: pytest.MonkeyPatch, new: str) -> None:
    monkeypatch.setenv("NEW_PASSPHRASE", new)

    with pytest.raises(LabError, match="NEW_PASSPHRASE") as refused:
        rotate()

    assert refused.value.code == 2
    assert "two" not in str(refused.value)
    assert own.rotated == []


def test_a_passphrase_of_ones_own_is_for_the_one_stack(
    own: Engine, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEW_PASSPHRASE", "a new one")
    own.locked = LabError("the stack is currently locked")

    with pytest.raises(LabError, match="locked"):
        rotation.rotate_passphrase(Stack("shop"))
    assert own.configured("shop") == OLD
    own.locked = None
    rotation.rotate_passphrase(Stack("shop"))

    assert own.configured("shop") == own.states["shop"] == "a new one"
    assert own.configured("dev") == own.states["dev"] == OLD
    assert (folder / "passphrase").read_text() == OLD


@pytest.mark.parametrize("shared", [False, True])
def test_what_a_passphrase_of_ones_own_has_opened_goes_where_the_state_is_on_this_machine_alone(
    own: Engine, folder: Path, monkeypatch: pytest.MonkeyPatch, shared: bool
) -> None:
    monkeypatch.setenv("NEW_PASSPHRASE", "a new one")
    if shared:
        monkeypatch.setenv("PULUMI_BACKEND_URL", "s3://states")
        monkeypatch.setattr(Stack, "folder", folder)
    former = {name: _former(folder, name) for name in STACKS}
    assert own.states["shop"] == OLD

    rotation.rotate_passphrase(Stack("shop"))

    assert [file.exists() for file in former["shop"]] == [shared, shared, shared, True]
    assert all(file.exists() for file in former["dev"])


@pytest.mark.usefixtures("own")
def test_a_stack_that_a_command_changes_keeps_its_passphrase(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEW_PASSPHRASE", "a new one")
    monkeypatch.setattr(paths, "REPOSITORY", folder)

    with turns.alone(Stack("shop"), "deploy"), pytest.raises(LabError, match="the stack shop is locked by process"):
        rotation.rotate_passphrase(Stack("shop"))
    with turns.alone(Stack("dev"), "deploy"):
        rotation.rotate_passphrase(Stack("shop"))
