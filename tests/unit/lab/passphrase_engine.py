"""An engine of which only the passphrases are real."""

import json
import os
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from lab import lock, paths, rotation
from lab.errors import LabError
from lab.stacks import Stack

STACKS = ("dev", "shop")
OLD = "the old one"


class KilledError(BaseException):
    """The end of the process itself: nothing runs after it."""


class Engine:
    """What Pulumi does about passphrases: a salt opens with one passphrase, and is known by that here.

    The configuration is written before it is known whether the state can be. Secrets alone are compared.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.states: dict[str, str | None] = {}
        self.without_secrets: set[str] = set()
        self.elsewhere: set[str] = set()
        self.locked: BaseException | None = None
        self.dies_after: str | None = None
        self.unreachable = self.unreachable_after_that = False
        self.rotated: list[str] = []

    def add(self, name: str, passphrase: str = OLD) -> None:
        """Make a stack with secrets in its configuration and in its state."""
        self.states[name] = passphrase
        self._write(name, passphrase)

    def configured(self, name: str) -> str:
        """The passphrase that opens a stack's configuration."""
        salt, value = self._read(name)
        assert salt == value
        return salt

    def _file(self, name: str) -> Path:
        return self.folder / f"Pulumi.{name}.yaml"

    def _write(self, name: str, salt: str) -> None:
        config = {} if name in self.without_secrets else {"secure-nginx:kubeconfig": {"secure": salt}}
        self._file(name).write_text(yaml.safe_dump({"config": config, "encryptionsalt": salt}))

    def _read(self, name: str) -> tuple[str, str]:
        content = yaml.safe_load(self._file(name).read_text())
        return content["encryptionsalt"], content["config"].get("secure-nginx:kubeconfig", {}).get("secure")

    def pulumi(self, stack: Stack, *arguments: str, text: str | None = None) -> str:
        if self.unreachable:
            raise LabError("the backend does not answer")
        match arguments[:2]:
            case ("stack", "ls"):
                return json.dumps([{"name": name} for name in self.states.keys() - self.elsewhere])
            case ("stack", "export"):
                salt = self.states[stack.name]
                return json.dumps({"deployment": {"secrets_providers": {"state": {"salt": salt}}} if salt else {}})
            case ("stack", "change-secrets-provider"):
                return self._rotate(stack, text or "")
        raise AssertionError(arguments)

    def _rotate(self, stack: Stack, text: str) -> str:
        new, again = text.splitlines()
        assert new == again
        old = present(stack.environment)
        if stack.name not in self.without_secrets and self._read(stack.name)[1] != old:
            raise LabError("incorrect passphrase")
        self._write(stack.name, new)
        if stack.name == "shop" and self.locked is not None:
            self.unreachable = self.unreachable_after_that
            raise self.locked
        if stack.name not in self.without_secrets and self.states[stack.name] not in (None, old):
            raise LabError("failed to decrypt")
        self.states[stack.name] = new
        self.rotated.append(stack.name)
        if stack.name == self.dies_after:
            raise KilledError
        return ""

    def succeeds(self, command: list[str], *, folder: Path, environment: Mapping[str, str]) -> bool:
        assert folder.is_dir()
        (name,) = (part.removeprefix("--stack=") for part in command if part.startswith("--stack="))
        assert "--show-secrets" in command
        if name in self.without_secrets:
            return True
        kept = self._read(name) if command[1] == "config" else (self.states[name],) * 2
        return kept[0] == kept[1] == present(environment)


def made(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """Make a folder of stacks with secrets, which share the old passphrase, and such an engine for them."""
    stacks = folder / "stacks"
    stacks.mkdir()
    monkeypatch.setattr(paths, "ROOT", folder)
    monkeypatch.setattr(paths, "REPOSITORY", folder)
    monkeypatch.setattr(paths, "STACK_LOCKS", folder / "locks")
    monkeypatch.setattr(paths, "STACKS_ON_LAB", stacks)
    for patience in ("PATIENCE", "FOR_A_BACKEND"):
        monkeypatch.setattr(lock, patience, 0.05)
    for variable in ("PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE", "PULUMI_BACKEND_URL"):
        monkeypatch.delenv(variable, raising=False)
    (stacks / "passphrase").write_text(OLD)
    engine = Engine(stacks)
    monkeypatch.setattr(Stack, "pulumi", lambda stack, *words, text=None: engine.pulumi(stack, *words, text=text))
    monkeypatch.setattr(rotation, "succeeds", engine.succeeds)
    for name in STACKS:
        engine.add(name)
    return engine


def rotate() -> None:
    """Give all stacks of the folder another passphrase."""
    rotation.rotate_passphrase(Stack("dev"))


def all_have(engine: Engine, passphrase: str) -> bool:
    """Whether one passphrase opens states and configurations."""
    return all(engine.states[name] == engine.configured(name) == passphrase for name in STACKS)


def files(folder: Path) -> set[str]:
    """The names of what is in the folder beside the configurations."""
    return {file.name for file in folder.iterdir()} - {f"Pulumi.{name}.yaml" for name in STACKS}


def present(environment: Mapping[str, str]) -> str:
    """The passphrase that a command runs with."""
    if file := environment.get("PULUMI_CONFIG_PASSPHRASE_FILE"):
        return Path(file).read_text()
    return os.environ["PULUMI_CONFIG_PASSPHRASE"]
