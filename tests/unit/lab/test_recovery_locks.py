"""Whose a lock is, where its process has ended and another one has got its number."""

import json
import os
import socket
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lab import recovery
from tests.unit.lab.recording_stack import RecordingStack

NOW = datetime(2026, 1, 1, 12, 10, tzinfo=UTC).timestamp()
SINCE_BOOT = 1100.0
BEGAN = 500
"""Seconds after the machine's start: at twelve o'clock."""


@pytest.fixture
def stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RecordingStack:
    """A stack on a machine on which it is ten past twelve."""
    monkeypatch.setattr(time, "time", lambda: NOW)
    monkeypatch.setattr(time, "clock_gettime", lambda _: SINCE_BOOT)
    return RecordingStack(tmp_path, {})


def _is_removed(stack: RecordingStack, written: str | None, process: str, patch: pytest.MonkeyPatch) -> bool:
    file = stack.folder / ".pulumi" / "locks" / "organization" / "secure-nginx" / "dev" / "x.json"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps({"pid": os.getpid(), "hostname": socket.gethostname(), "timestamp": written}))
    line = f"{os.getpid()} {process} {' '.join('0' * 18)} {BEGAN * os.sysconf('SC_CLK_TCK')} 0 0\n"
    stat, real = Path(f"/proc/{os.getpid()}/stat"), Path.read_text
    patch.setattr(Path, "read_text", lambda file, **how: line if file == stat else real(file, **how))
    recovery.recover(stack)
    return bool(stack.asked)


@pytest.mark.parametrize(
    ("written", "removed"),
    [
        ("2026-01-01T11:58:00.123456789Z", True),
        ("2026-01-01T13:58:00+02:00", True),
        ("2026-01-01T11:59:30Z", False),
        ("2026-01-01T12:00:05.123456789Z", False),
        ("when?", False),
        (None, False),
    ],
)
def test_a_lock_from_before_its_process_is_that_of_another_one(
    stack: RecordingStack, monkeypatch: pytest.MonkeyPatch, written: str | None, removed: bool
) -> None:
    assert _is_removed(stack, written, "(a) program) S", monkeypatch) == removed


def test_a_clock_that_was_put_forward_takes_no_lock_from_an_engine(
    stack: RecordingStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not _is_removed(stack, "2026-01-01T11:00:00Z", "(pulumi) S", monkeypatch)


def test_an_engine_that_has_ended_and_that_nobody_waits_for_holds_no_lock(
    stack: RecordingStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _is_removed(stack, "2026-01-01T12:00:05Z", "(pulumi) Z", monkeypatch)
