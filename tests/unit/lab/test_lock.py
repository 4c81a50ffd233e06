"""One command of the lab at a time: a short one is waited for, a long one is named."""

import os
import threading
from pathlib import Path

import pytest

from lab import lock, paths
from lab.errors import LabError


@pytest.fixture(autouse=True)
def _own_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    monkeypatch.setattr(paths, "LOCK", tmp_path / "lock")


def test_a_command_that_is_done_in_a_moment_is_waited_for() -> None:
    told: list[str] = []
    with lock.exclusive("up"):
        second = threading.Thread(target=_lock_and_tell, args=(told,))
        second.start()
        second.join(timeout=0.3)
        waited = second.is_alive()
    second.join(timeout=lock.PATIENCE)

    assert waited
    assert told == ["held"]


def test_one_that_takes_longer_is_named_with_its_purpose(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "PATIENCE", 0.2)
    named = rf"the lab is locked by process {os.getpid()} \(lab build, since \d\d:\d\d:\d\d\)"

    with lock.exclusive("build"), pytest.raises(LabError, match=named), lock.exclusive("up"):
        pass


def test_a_lock_says_what_it_keeps_others_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "PATIENCE", 0.1)
    path = tmp_path / "locks" / "dev"
    named = r"the stack dev is locked by process \d+ \(lab deploy, since .*\); wait until it has ended"

    with (
        lock.exclusive("build"),
        lock.held(path, "the stack dev", "deploy"),
        pytest.raises(LabError, match=named),
        lock.held(path, "the stack dev", "destroy"),
    ):
        pass


def _lock_and_tell(told: list[str]) -> None:
    with lock.exclusive("up"):
        told.append("held")
