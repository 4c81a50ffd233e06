"""One stack with own and shared state by turns: the engine opens each one's secrets."""

from pathlib import Path

import pytest

from lab import paths, preparing
from lab.stacks import Stack

_KEY = "secure-nginx:kubeconfig"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for everything of the stacks, instead of the lab's own; programs are the lab's."""
    monkeypatch.setattr(paths, "STACKS_ON_LAB", tmp_path / "stacks")
    monkeypatch.setattr(paths, "STACK_LOCKS", tmp_path / "locks")
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    (tmp_path / "shared").mkdir()
    return tmp_path


def test_own_and_shared_state_take_turns(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def use(address: str) -> Stack:
        for name, value in (("PULUMI_BACKEND_URL", address), ("PULUMI_CONFIG_PASSPHRASE", address and "ours")):
            if value:
                monkeypatch.setenv(name, value)
            else:
                monkeypatch.delenv(name, raising=False)
        stack = Stack("dev")
        preparing.prepare(stack)
        return stack

    def secret(stack: Stack) -> str:
        return stack.pulumi("config", "get", _KEY, "--stack=dev").strip()

    shared = f"file://{folder}/shared"
    for address in ("", shared):
        stack = use(address)
        assert secret(stack) == ""
        stack.pulumi("config", "set", "--secret", _KEY, f"kept by '{address}'", "--stack=dev")

    for address in ("", shared, ""):
        assert secret(use(address)) == f"kept by '{address}'"
