"""Whose a lock is: of an update that runs, or of one that was killed and whose number another process may have."""

import json
import os
import re
import socket
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lab import processes, recovery
from lab.errors import LabError
from tests.unit.lab.recording_stack import RecordingStack

NOW = datetime(2026, 1, 1, 12, 10, tzinfo=UTC).timestamp()
SINCE_BOOT = 1100.0
BEGAN = 500
"""Seconds after the machine's start: at twelve o'clock."""
GONE = 2**22 + 1
"""The number of no process: above the kernel's limit."""
CANCELLED = [("cancel", "--yes", "--stack=dev")]


@pytest.fixture
def stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RecordingStack:
    """A stack on a machine on which it is ten past twelve."""
    monkeypatch.setattr(time, "time", lambda: NOW)
    monkeypatch.setattr(time, "clock_gettime", lambda _: SINCE_BOOT)
    return RecordingStack(tmp_path, {})


def _is_removed(stack: RecordingStack, written: str | None, process: str, patch: pytest.MonkeyPatch) -> bool:
    _lock(stack, pid=os.getpid(), hostname=socket.gethostname(), timestamp=written)
    line = f"{os.getpid()} {process} {' '.join('0' * 18)} {BEGAN * os.sysconf('SC_CLK_TCK')} 0 0\n"
    stat, real = Path(f"/proc/{os.getpid()}/stat"), Path.read_text
    patch.setattr(Path, "read_text", lambda file, **how: line if file == stat else real(file, **how))
    return _recovers(stack)


def _lock(stack: RecordingStack, name: str = "x.json", **holder: object) -> Path:
    file = stack.folder / ".pulumi" / "locks" / "organization" / "secure-nginx" / "dev" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(holder))
    return file


def _recovers(stack: RecordingStack) -> bool:
    """Tell whether the lock is removed, rather than that all is left as it is."""
    try:
        recovery.recover(stack)
    except LabError:
        assert not stack.asked
        return False
    assert stack.asked == CANCELLED
    return True


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


@pytest.mark.parametrize(
    ("pid", "host"), [(os.getpid(), socket.gethostname()), (GONE, "another machine")], ids=["here", "elsewhere"]
)
def test_nothing_is_changed_below_an_update_that_still_runs(tmp_path: Path, pid: int, host: str) -> None:
    stack = RecordingStack(tmp_path, {"pending_operations": []})
    state = tmp_path / ".pulumi" / "stacks" / "secure-nginx" / "dev.json"
    state.parent.mkdir(parents=True)
    state.write_text('{"pending_operations": []}')
    unfinished = _lock(stack, "y.json.18ec48ab.tmp")
    _lock(stack, "a.json", pid=GONE, hostname=socket.gethostname())
    _lock(stack, "b.json", pid=pid, hostname=host)

    refusal = rf"an update of the stack dev still runs \(process {pid} on {re.escape(host)}\); wait until it has ended"
    with pytest.raises(LabError, match=refusal + ".*STACK=dev ARGS=cancel"):
        recovery.recover(stack)

    assert stack.asked == []
    assert unfinished.exists()


def test_the_lock_of_a_dead_process_is_removed_with_what_was_never_finished(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stack = RecordingStack(tmp_path, {})
    unfinished = _lock(stack, "y.json.18ec48ab.tmp")
    recovery.recover(stack)
    assert (unfinished.exists(), stack.asked) == (False, [])

    unfinished.touch()
    _lock(stack, pid=GONE, hostname=socket.gethostname())
    recovery.recover(stack)
    assert (unfinished.exists(), stack.asked) == (False, CANCELLED)
    assert f"An earlier update (process {GONE}) was killed; its lock is removed." in capsys.readouterr().out


@pytest.mark.parametrize("text", ["", '{"pid": 1', "\0" * 8])
def test_a_lock_that_was_cut_off_is_nobodys(tmp_path: Path, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    stack = RecordingStack(tmp_path, {})
    _lock(stack).write_text(text)

    assert _recovers(stack)
    assert "An earlier update was killed; its lock is removed." in capsys.readouterr().out


@pytest.mark.parametrize(("pid", "removed"), [(os.getpid(), False), (GONE, True)], ids=["running", "gone"])
def test_a_system_that_tells_nothing_of_processes_tells_at_least_whether_they_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pid: int, removed: bool
) -> None:
    stack = RecordingStack(tmp_path, {})
    _lock(stack, pid=pid, hostname=socket.gethostname(), timestamp="2026-01-01T12:00:00Z")
    monkeypatch.setattr(processes, "PROC", tmp_path / "no-proc")
    monkeypatch.delattr(time, "CLOCK_BOOTTIME")

    assert _recovers(stack) == removed


@pytest.mark.parametrize("found", [("pulumi", "500"), ("pulumi-language", "500")], ids=str)
def test_nobody_takes_the_lock_from_an_engine_that_runs_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, found: tuple[str, str]
) -> None:
    stack = RecordingStack(tmp_path, {})
    _lock(stack, "a.json").write_text("cut off")
    _lock(stack, "b.json", pid=GONE, hostname=socket.gethostname())
    monkeypatch.setattr(processes, "program_and_birth", lambda _: found)

    with pytest.raises(LabError, match=rf"an update of the stack dev still runs \(process {GONE} on.*kill -INT {GONE}"):
        recovery.require_no_engine(stack)

    monkeypatch.setenv("PULUMI_BACKEND_URL", "s3://states")
    recovery.require_no_engine(stack)


@pytest.mark.parametrize(
    ("host", "found"),
    [(socket.gethostname(), None), (socket.gethostname(), ("bash", "500")), ("another machine", ("pulumi", "500"))],
    ids=["gone", "another program", "elsewhere"],
)
def test_the_lock_of_an_engine_that_is_gone_as_far_as_one_can_know_may_be_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, host: str, found: tuple[str, str] | None
) -> None:
    stack = RecordingStack(tmp_path, {})
    _lock(stack, pid=os.getpid(), hostname=host)
    monkeypatch.setattr(processes, "program_and_birth", lambda _: found)

    recovery.require_no_engine(stack)
