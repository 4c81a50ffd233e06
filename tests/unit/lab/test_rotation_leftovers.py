"""What a rotation leaves that was killed or never heard how it ended, and what the next one makes of it."""

from pathlib import Path

import pytest
import yaml

from lab import preparing
from lab.errors import LabError
from lab.stacks import Stack
from tests.unit.lab import lab_project, passphrase_engine
from tests.unit.lab.passphrase_engine import OLD, Engine, KilledError, all_have, files, rotate


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    return passphrase_engine.made(tmp_path, monkeypatch)


@pytest.fixture
def folder(engine: Engine) -> Path:
    return engine.folder


@pytest.mark.parametrize("came_to_the_state", [False, True])
def test_the_next_run_mends_what_a_killed_one_left(
    engine: Engine, folder: Path, monkeypatch: pytest.MonkeyPatch, came_to_the_state: bool
) -> None:
    with monkeypatch.context() as killed:
        killed.setattr(Stack, "settle_rotation", lambda _: None)
        if came_to_the_state:
            engine.dies_after = "shop"
        else:
            engine.locked = KilledError()
        with pytest.raises(KilledError):
            rotate()
    assert "Pulumi.shop.yaml.before-rotation" in files(folder)
    engine.locked = engine.dies_after = None

    rotate()

    assert all_have(engine, (folder / "passphrase").read_text())
    assert files(folder) == {"passphrase"}


def test_a_configuration_that_was_cut_off_is_put_back(
    engine: Engine, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as killed:
        killed.setattr(Stack, "settle_rotation", lambda _: None)
        engine.locked = KilledError()
        with pytest.raises(KilledError):
            rotate()
    (folder / "Pulumi.shop.yaml").write_text("config: {secure-nginx:kubeconfig: {secu")
    engine.locked = None

    rotate()

    assert all_have(engine, (folder / "passphrase").read_text())


def test_why_it_failed_is_told_also_where_the_state_cannot_be_asked_any_more(engine: Engine, folder: Path) -> None:
    engine.locked = LabError("the connection was cut off")
    engine.unreachable_after_that = True

    with pytest.raises(LabError, match="the connection was cut off"):
        rotate()

    assert "Pulumi.shop.yaml.before-rotation" in files(folder)


@pytest.mark.parametrize("cut_off", [False, True], ids=["whole", "cut off"])
def test_any_command_gives_the_state_its_configuration_back(
    engine: Engine, folder: Path, monkeypatch: pytest.MonkeyPatch, cut_off: bool
) -> None:
    lab_project.with_state(folder, "shop")
    (folder.parent / "Pulumi.yaml").write_text("name: secure-nginx\n")
    (folder.parent / "Pulumi.shop.yaml").write_text("config: {}\n")
    with monkeypatch.context() as killed:
        killed.setattr(Stack, "settle_rotation", lambda _: None)
        engine.locked = KilledError()
        with pytest.raises(KilledError):
            rotate()
    assert engine.configured("shop") != engine.states["shop"] == OLD
    if cut_off:
        (folder / "Pulumi.shop.yaml").write_text("config: {secure-nginx:kubeconfig: {secu")

    preparing.prepare(Stack("shop"), may_be_new=False)

    assert engine.configured("shop") == OLD
    assert "Pulumi.shop.yaml.before-rotation" not in files(folder)


def test_a_secret_that_was_set_since_is_not_taken_back(engine: Engine, folder: Path) -> None:
    file, before = folder / "Pulumi.shop.yaml", folder / "Pulumi.shop.yaml.before-rotation"
    before.write_bytes(file.read_bytes())
    content = yaml.safe_load(file.read_text())
    content["config"]["secure-nginx:certificate"] = {"privateKey": {"secure": "a new one"}}
    file.write_text(yaml.safe_dump(content))
    engine.locked = LabError("the stack is currently locked")

    with pytest.raises(LabError, match="locked"):
        rotate()

    assert yaml.safe_load(file.read_text()) == content
    assert not before.exists()


def test_a_state_that_cannot_be_read_is_settled_later(
    engine: Engine, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab_project.with_state(folder, "shop")
    (folder.parent / "Pulumi.yaml").write_text("name: secure-nginx\n")
    (folder.parent / "Pulumi.shop.yaml").write_text("config: {}\n")
    before = folder / "Pulumi.shop.yaml.before-rotation"
    before.write_bytes((folder / "Pulumi.shop.yaml").read_bytes())
    engine.add("shop", "a new one")
    engine.states["shop"] = OLD
    with monkeypatch.context() as damaged:
        damaged.setattr(engine, "unreachable", True)
        preparing.prepare(Stack("shop"))
    assert before.exists()

    preparing.prepare(Stack("shop"))

    assert engine.configured("shop") == engine.states["shop"] == OLD
    assert not before.exists()
