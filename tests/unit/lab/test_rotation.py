"""Another passphrase for a stack, or for all stacks of a folder: nothing is left that no known passphrase opens."""

from pathlib import Path
from typing import Any

import pytest

from lab import lock, paths, rotation
from lab.errors import LabError
from lab.stacks import Stack
from tests.unit.lab.passphrase_engine import OLD, Engine, KilledError, present

STACKS = ("dev", "shop")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    made = tmp_path / "stacks"
    made.mkdir()
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    monkeypatch.setattr(paths, "STACK_LOCKS", tmp_path / "locks")
    monkeypatch.setattr(paths, "STACKS_ON_LAB", made)
    for patience in ("PATIENCE", "FOR_A_BACKEND"):
        monkeypatch.setattr(lock, patience, 0.05)
    for variable in ("PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE", "PULUMI_BACKEND_URL"):
        monkeypatch.delenv(variable, raising=False)
    (made / "passphrase").write_text(OLD)
    return made


@pytest.fixture
def engine(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    made = Engine(folder)
    monkeypatch.setattr(Stack, "pulumi", lambda stack, *arguments, text=None: made.pulumi(stack, *arguments, text=text))
    monkeypatch.setattr(rotation, "succeeds", made.succeeds)
    for name in STACKS:
        made.add(name)
    return made


def _rotate() -> None:
    rotation.rotate_passphrase(Stack("dev"))


def _files(folder: Path) -> set[str]:
    return {file.name for file in folder.iterdir()} - {f"Pulumi.{name}.yaml" for name in STACKS}


def _all_have(engine: Engine, passphrase: str) -> bool:
    return all(engine.states[name] == engine.configured(name) == passphrase for name in STACKS)


def test_all_stacks_of_a_folder_get_one_new_passphrase(
    engine: Engine, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NEW_PASSPHRASE", "mine")
    _rotate()

    assert (new := (folder / "passphrase").read_text()) not in {OLD, "mine"}
    assert "NEW_PASSPHRASE is not looked at" in capsys.readouterr().out
    assert _all_have(engine, new)
    assert _files(folder) == {"passphrase"}


def test_what_ended_half_way_is_gone_on_with(engine: Engine, folder: Path) -> None:
    engine.locked = LabError("the stack is currently locked")
    with pytest.raises(
        LabError, match=r"locked\ndev of the stacks have the passphrase in .*passphrase\.new, .*goes on"
    ):
        _rotate()
    begun = engine.states["dev"]
    assert (folder / "passphrase.new").read_text() == begun
    assert (folder / "passphrase").read_text() == OLD

    engine.locked = None
    _rotate()

    assert _all_have(engine, begun or "")
    assert (folder / "passphrase").read_text() == begun
    assert engine.rotated == ["dev", "shop"]


@pytest.mark.parametrize("interruption", [LabError("the stack is currently locked"), KeyboardInterrupt()], ids=repr)
def test_what_is_not_done_to_the_state_is_not_done_to_the_configuration(
    engine: Engine, folder: Path, interruption: BaseException
) -> None:
    before = (folder / "Pulumi.shop.yaml").read_bytes()
    engine.locked = interruption

    with pytest.raises(type(interruption)):
        _rotate()

    assert (folder / "Pulumi.shop.yaml").read_bytes() == before
    assert (folder / "Pulumi.shop.yaml").stat().st_mode & 0o777 == 0o600
    assert _files(folder) == {"passphrase", "passphrase.new"}


def test_an_interruption_after_the_state_was_written_takes_nothing_back(engine: Engine, folder: Path) -> None:
    engine.dies_after = "shop"

    with pytest.raises(KilledError):
        _rotate()

    assert engine.configured("shop") == engine.states["shop"] == (folder / "passphrase.new").read_text()


@pytest.mark.parametrize("came_to_the_state", [False, True])
def test_the_next_run_mends_what_a_killed_one_left(
    engine: Engine, folder: Path, monkeypatch: pytest.MonkeyPatch, came_to_the_state: bool
) -> None:
    with monkeypatch.context() as killed:
        killed.setattr(rotation, "_settle", lambda _: None)
        if came_to_the_state:
            engine.dies_after = "shop"
        else:
            engine.locked = KilledError()
        with pytest.raises(KilledError):
            _rotate()
    assert "Pulumi.shop.yaml.before-rotation" in _files(folder)
    engine.locked = engine.dies_after = None

    _rotate()

    assert _all_have(engine, (folder / "passphrase").read_text())
    assert _files(folder) == {"passphrase"}


def test_a_configuration_that_was_cut_off_is_put_back(
    engine: Engine, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as killed:
        killed.setattr(rotation, "_settle", lambda _: None)
        engine.locked = KilledError()
        with pytest.raises(KilledError):
            _rotate()
    (folder / "Pulumi.shop.yaml").write_text("config: {secure-nginx:kubeconfig: {secu")
    engine.locked = None

    _rotate()

    assert _all_have(engine, (folder / "passphrase").read_text())


def test_why_it_failed_is_told_also_where_the_state_cannot_be_asked_any_more(engine: Engine, folder: Path) -> None:
    engine.locked = LabError("the connection was cut off")
    engine.unreachable_after_that = True

    with pytest.raises(LabError, match="the connection was cut off"):
        _rotate()

    assert "Pulumi.shop.yaml.before-rotation" in _files(folder)


def test_a_state_without_secrets_says_nothing_about_the_configuration(
    engine: Engine, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Of such a state, the engine says of every passphrase that it opens it.
    empty = engine.succeeds
    monkeypatch.setattr(
        rotation, "succeeds", lambda command, **options: command[1] == "stack" or empty(command, **options)
    )
    engine.states["shop"] = None

    _rotate()

    assert engine.configured("shop") == (folder / "passphrase").read_text()


def test_a_stack_without_secrets_gets_the_new_passphrase_as_well(engine: Engine, folder: Path) -> None:
    engine.without_secrets = {"shop"}
    engine.add("shop")
    engine.locked = LabError("the stack is currently locked")
    with pytest.raises(LabError, match="locked"):
        _rotate()
    engine.locked = None

    _rotate()

    assert engine.states["shop"] == (folder / "passphrase").read_text()


def test_a_stack_that_the_backend_does_not_know_stands_in_nobodys_way(
    engine: Engine, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    engine.add("prod")
    engine.elsewhere = {"prod"}

    _rotate()

    assert _all_have(engine, (folder / "passphrase").read_text())
    assert engine.configured("prod") == (folder / "passphrase.old").read_text() == OLD
    assert (folder / "passphrase.old").stat().st_mode & 0o777 == 0o600
    said = capsys.readouterr().out
    assert (
        f"Not on this backend, and encrypted as before: prod. The old passphrase is in {folder}/passphrase.old" in said
    )

    second = (folder / "passphrase").read_text()
    _rotate()

    assert (folder / "passphrase.old").read_text() == OLD
    assert (folder / "passphrase.old.2").read_text() == second


def test_a_shared_backend_has_stacks_that_are_not_this_machines(
    engine: Engine, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PULUMI_BACKEND_URL", "s3://states")
    engine.add("theirs", "their own")
    (folder / "Pulumi.theirs.yaml").unlink()

    _rotate()

    assert _all_have(engine, (folder / "passphrase").read_text())
    assert engine.states["theirs"] == "their own"


def test_a_stack_that_nothing_opens_is_named_before_anything_is_touched(engine: Engine, folder: Path) -> None:
    engine.add("shop", "its own")

    with pytest.raises(LabError, match=r"does not open shop, so no stack was touched.*rotate-passphrase STACK=shop"):
        _rotate()

    assert engine.rotated == []
    assert _files(folder) == {"passphrase"}


def test_what_the_new_passphrase_does_not_open_is_not_called_done(
    engine: Engine, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        rotation, "succeeds", lambda _, *, folder, environment: folder.is_dir() and present(environment) == OLD
    )

    with pytest.raises(LabError, match=r"dev was encrypted anew, but .*passphrase\.new does not open it\nnone of"):
        _rotate()

    assert (folder / "passphrase").read_text() == OLD
    assert (folder / "passphrase.new").read_text() == engine.states["dev"]


@pytest.mark.parametrize("name", STACKS)
@pytest.mark.parametrize("hold", [Stack.alone, Stack.steady])
def test_no_stack_gets_another_passphrase_while_a_command_changes_one_of_them(
    engine: Engine, folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, hold: Any
) -> None:
    monkeypatch.setattr(paths, "REPOSITORY", folder)

    with hold(Stack(name), "deploy"), pytest.raises(LabError, match=rf"the stack {name} is locked by process"):
        _rotate()

    assert engine.rotated == []
    assert _files(folder) == {"passphrase"}


@pytest.fixture
def own(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """Stacks with a passphrase that somebody has chosen."""
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", OLD)
    return engine


@pytest.mark.parametrize("new", ["", " ", " new", "new ", "new\t", "new\n", "\nnew", "two\nlines", "new\r"])
def test_a_passphrase_that_pulumi_would_cut_is_refused(own: Engine, monkeypatch: pytest.MonkeyPatch, new: str) -> None:
    monkeypatch.setenv("NEW_PASSPHRASE", new)

    with pytest.raises(LabError, match="NEW_PASSPHRASE") as refused:
        _rotate()

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


@pytest.mark.usefixtures("own")
def test_a_stack_that_a_command_changes_keeps_its_passphrase(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEW_PASSPHRASE", "a new one")
    monkeypatch.setattr(paths, "REPOSITORY", folder)

    with Stack("shop").alone("deploy"), pytest.raises(LabError, match="the stack shop is locked by process"):
        rotation.rotate_passphrase(Stack("shop"))
    with Stack("dev").alone("deploy"):
        rotation.rotate_passphrase(Stack("shop"))
