"""What ends a command from outside, with real processes: as Ctrl-C does, and what is attended hears of it once."""

import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
# What it is told it takes down, and ends a moment later: time enough to be told once more.
ATTENDED = 'trap "echo told >> told" TERM; touch begun; until test -e told; do sleep 0.05; done; sleep 2; touch tidied'
PROGRAM = f"""
import os, signal, subprocess, sys, time
from lab import __main__ as lab, commands, endings
from lab.run import attend

def run(_):
    try:
        return attend(["sh", "-c", {ATTENDED!r}])
    finally:
        print("at the end", flush=True)
        open("finally", "w").close()

begin = subprocess.Popen

def begin_too_late(command, **options):
    process = begin(command, **options)
    if command[0] == "sh":
        while not os.path.exists("begun"):
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(0.1)
    return process

if "patient" in sys.argv:
    endings._TO_ARRIVE = 30.0
if "late" in sys.argv:
    subprocess.Popen = begin_too_late
commands.run = run
# The tests themselves may run where it is ignored.
signal.signal(signal.SIGHUP, getattr(signal, sys.argv[1]))
sys.exit(lab.main(["status"]))
"""

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start such a program in a group of its own; it attends a command, which has begun."""
    started: list[subprocess.Popen[str]] = []

    def begun(*more: str, hangup: str = "SIG_DFL", output: int = subprocess.PIPE) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, hangup, *more],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=output,
            stderr=output,
            text=True,
            start_new_session=True,
        )
        started.append(process)
        _until(process, tmp_path / "begun")
        return process

    yield begun
    for each in started:
        with suppress(ProcessLookupError):  # its group is gone if all went well
            os.killpg(each.pid, signal.SIGKILL)
        each.communicate()


def _until(process: "subprocess.Popen[str]", file: Path) -> None:
    while not file.exists():
        assert process.poll() is None
        time.sleep(0.02)


def _lines(file: Path) -> list[str]:
    return file.read_text().splitlines() if file.exists() else []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP], ids=["SIGTERM", "SIGHUP"])
def test_what_comes_to_the_lab_alone_ends_what_it_attends_and_then_the_lab(
    start: Start, tmp_path: Path, number: signal.Signals
) -> None:
    process = start()

    process.send_signal(number)
    output, errors = process.communicate(timeout=60)

    assert (process.returncode, output) == (130, "at the end\n")
    assert errors == "\nlab: interrupted; the same command goes on from here\n"
    assert _lines(tmp_path / "told") == ["told"]
    assert (tmp_path / "tidied").exists()


def test_what_comes_while_a_command_begins_ends_it_as_well(start: Start, tmp_path: Path) -> None:
    process = start("late")

    output, _ = process.communicate(timeout=60)

    assert (process.returncode, output) == (130, "at the end\n")
    assert (tmp_path / "tidied").exists()


def test_what_comes_to_all_of_the_group_is_not_passed_on_and_may_come_twice(start: Start, tmp_path: Path) -> None:
    process = start("patient")  # on a busy machine, the witness may take its time

    os.killpg(process.pid, signal.SIGTERM)
    time.sleep(0.2)
    process.terminate()
    output, _ = process.communicate(timeout=60)

    assert (process.returncode, output) == (130, "at the end\n")
    assert _lines(tmp_path / "told") == ["told"]
    assert (tmp_path / "tidied").exists()


def test_a_terminal_that_is_gone_keeps_nothing_from_being_done(start: Start, tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    process = start(output=theirs)
    os.close(theirs)
    os.close(ours)

    process.send_signal(signal.SIGHUP)

    assert process.wait(timeout=60) == 130
    assert (tmp_path / "finally").exists()


def test_nohup_is_heeded(start: Start, tmp_path: Path) -> None:
    process = start(hangup="SIG_IGN")

    process.send_signal(signal.SIGHUP)
    time.sleep(0.5)
    assert process.poll() is None
    assert not (tmp_path / "told").exists()

    (tmp_path / "told").touch()
    output, errors = process.communicate(timeout=60)
    assert (process.returncode, output, errors) == (0, "at the end\n", "")
