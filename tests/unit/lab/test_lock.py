"""One command of the lab at a time: a short one is waited for, a long one is named."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from lab import lock, paths
from lab.errors import LabError

ROOT = Path(__file__).parents[3]


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


def test_a_full_disk_keeps_nobody_from_the_lock(tmp_path: Path) -> None:
    (tmp_path / "lock").write_text("process 7 (lab up, since 10:00:00)")
    script = (
        "import resource; from pathlib import Path; from lab import lock\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))\n"  # not one byte more in any file
        f"with lock.held(Path({str(tmp_path / 'lock')!r}), 'the lab', 'down'): print('held')"
    )

    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout, done.stderr) == (0, "held\n", "")
    assert (tmp_path / "lock").read_text() == "", "nobody is named who does not hold it"


def _lock_and_tell(told: list[str]) -> None:
    with lock.exclusive("up"):
        told.append("held")
