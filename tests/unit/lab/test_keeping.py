"""A state's way back, and another passphrase for all stacks of a folder, also where it was begun and never ended."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from lab import keeping, paths
from lab.errors import LabError
from lab.stacks import Stack
from tests.unit.lab.recording_stack import RecordingStack

STACKS = ("dev", "shop")


class Engine:
    """Which passphrase opens which stack, and a stack that is locked."""

    def __init__(self) -> None:
        self.opened_by = dict.fromkeys(STACKS, "the old one")
        self.locked: str | None = None

    def pulumi(self, stack: Stack, *arguments: str, text: str | None = None) -> str:
        assert arguments[:3] == ("stack", "change-secrets-provider", "passphrase")
        if stack.name == self.locked:
            raise LabError("the stack is currently locked")
        new = (text or "").splitlines()
        assert new[0] == new[1]
        self.opened_by[stack.name] = new[0]
        return ""

    def succeeds(self, command: list[str], *, folder: Path, environment: Mapping[str, str]) -> bool:
        assert folder.is_dir()
        (name,) = (part.removeprefix("--stack=") for part in command if part.startswith("--stack="))
        return Path(environment["PULUMI_CONFIG_PASSPHRASE_FILE"]).read_text() == self.opened_by[name]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(paths, "STACKS_ON_LAB", tmp_path)
    for variable in ("PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"):
        monkeypatch.delenv(variable, raising=False)
    (tmp_path / "passphrase").write_text("the old one")
    for name in STACKS:
        (tmp_path / f"Pulumi.{name}.yaml").touch()
    return tmp_path


@pytest.fixture
def engine(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    made = Engine()
    monkeypatch.setattr(Stack, "pulumi", lambda stack, *arguments, text=None: made.pulumi(stack, *arguments, text=text))
    monkeypatch.setattr(keeping, "succeeds", made.succeeds)
    assert folder.exists()
    return made


def test_all_stacks_of_a_folder_get_one_new_passphrase(engine: Engine, folder: Path) -> None:
    keeping.rotate_passphrase(Stack("dev"))

    new = (folder / "passphrase").read_text()
    assert new != "the old one"
    assert engine.opened_by == dict.fromkeys(STACKS, new)
    assert not (folder / "passphrase.new").exists()


def test_what_ended_half_way_is_gone_on_with(engine: Engine, folder: Path) -> None:
    engine.locked = "shop"
    with pytest.raises(
        LabError, match=r"locked\ndev of the stacks have the passphrase in .*passphrase\.new, .*goes on"
    ):
        keeping.rotate_passphrase(Stack("dev"))
    begun = engine.opened_by["dev"]
    assert (folder / "passphrase.new").read_text() == begun
    assert (folder / "passphrase").read_text() == engine.opened_by["shop"] == "the old one"

    engine.locked = None
    keeping.rotate_passphrase(Stack("dev"))

    assert engine.opened_by == dict.fromkeys(STACKS, begun)
    assert (folder / "passphrase").read_text() == begun


def test_a_second_restore_keeps_what_the_first_one_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state = json.dumps({"version": 3, "deployment": {"resources": [{"urn": "urn:pulumi:dev::secure-nginx::k::a"}]}})
    monkeypatch.setattr(Stack, "pulumi", lambda *_, **__: state)
    copy = tmp_path / "dev.json"
    copy.write_text(state)

    for _ in range(3):
        keeping.restore(Stack("dev"), copy)

    kept = sorted(file.name for file in tmp_path.iterdir())
    assert kept == ["dev.json", *(f"dev.json.before-restore{number}" for number in ("", ".2", ".3"))]


def test_a_copy_of_another_stack_changes_nothing(tmp_path: Path) -> None:
    copy = tmp_path / "copy.json"
    resources = [{"urn": f"urn:pulumi:{name}::secure-nginx::pulumi:pulumi:Stack::it"} for name in ("dev", "prod")]
    copy.write_text(json.dumps({"version": 3, "deployment": {"resources": resources}}))
    stack = RecordingStack(tmp_path, {})

    with pytest.raises(LabError, match=r"copy\.json is a copy of the stack prod, not of dev"):
        keeping.restore(stack, copy)

    assert stack.asked == []
