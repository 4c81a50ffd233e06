"""A policy pack ends with the engine that started it."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from policy import parent

PACK = Path(parent.__file__).with_name("__main__.py")


def test_nothing_happens_while_the_parent_lives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parent, "SECONDS", 0.01)
    gone = threading.Event()
    parent.when_gone(os.getppid(), gone.set)
    assert not gone.wait(0.1)


def test_another_parent_means_that_the_first_is_gone() -> None:
    gone = threading.Event()
    parent.when_gone(os.getppid() + 1, gone.set)
    assert gone.wait(5)


def test_the_pack_ends_with_a_parent_that_was_killed() -> None:
    start = (
        f"import subprocess, sys, time; subprocess.Popen([sys.executable, '-u', {str(PACK)!r}, '0']); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", start], stdout=subprocess.PIPE, text=True) as engine:
        assert engine.stdout is not None
        assert engine.stdout.readline().strip().isdigit()  # the port that it serves at
        engine.kill()
        engine.communicate(timeout=20)  # ends when the pack has closed its end too
