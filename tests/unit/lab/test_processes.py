"""Background processes of the lab: what is ended is what was started."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab import paths
from lab.errors import LabError
from lab.processes import Daemon, all_started, exists, running
from tests.unit.lab.processes_that_begin import soon


@pytest.fixture(autouse=True)
def _own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "RUN", tmp_path / "run")
    monkeypatch.setattr(paths, "LOGS", tmp_path / "logs")


@pytest.fixture
def sleeper() -> Iterator[Daemon]:
    daemon = Daemon("sleeper")
    daemon.start(["sleep", "60"])
    yield daemon
    daemon.stop()


def test_a_daemon_runs_until_it_is_stopped(sleeper: Daemon) -> None:
    pid = sleeper.pid
    assert pid is not None
    assert Path(f"/proc/{pid}").exists()
    assert all_started() == [sleeper]

    sleeper.stop()

    assert sleeper.pid is None
    assert all_started() == []


def test_starting_a_running_daemon_changes_nothing(sleeper: Daemon) -> None:
    pid = sleeper.pid

    sleeper.start(["sleep", "60"])

    assert sleeper.pid == pid


def test_a_process_that_merely_has_the_number_is_not_the_daemon_and_is_left_alone() -> None:
    stranger = subprocess.Popen(["/bin/sleep", "60"])
    paths.RUN.mkdir()
    (paths.RUN / "ours.pid").write_text(f"{stranger.pid} 1\n")

    Daemon("ours").stop()

    assert Daemon("ours").pid is None
    assert stranger.poll() is None
    stranger.terminate()
    stranger.wait()


@pytest.mark.parametrize(("answer", "there"), [(ProcessLookupError, False), (PermissionError, True), (None, True)])
def test_a_process_that_is_somebody_elses_is_there_all_the_same(
    monkeypatch: pytest.MonkeyPatch, answer: type[OSError] | None, there: bool
) -> None:
    asked = []

    def kill(*call: int) -> None:
        asked.append(call)
        if answer:
            raise answer

    monkeypatch.setattr(os, "kill", kill)

    assert exists(77) == there
    assert asked == [(77, 0)]


def test_a_process_is_found_by_its_exact_command_line(sleeper: Daemon) -> None:
    number = f"62.{os.getpid()}"
    with subprocess.Popen(["/bin/sleep", "60", number]) as ours:
        try:
            assert soon(lambda: running(["/bin/sleep", "60", number]) == [ours.pid])
            assert running(["/bin/sleep", f"60 {number}"]) == []
            assert ours.pid not in running(["/bin/sleep", "60"])
            assert soon(lambda: sleeper.pid in running(["sleep", "60"]))
        finally:
            ours.kill()


def test_the_child_of_a_namespace_entering_command_is_the_daemon() -> None:
    daemon = Daemon("child")
    daemon.start(["sh", "-c", "sleep 60 & wait"], in_namespaces=True)

    assert daemon.pid is not None
    status = Path(f"/proc/{daemon.pid}/status").read_text()
    assert f"PPid:\t{os.getpid()}\n" not in status
    daemon.stop()


def test_a_dead_daemon_is_reported_with_the_end_of_its_log() -> None:
    paths.LOGS.mkdir()
    Daemon("talker").log.write_text("\n".join(f"line {number}" for number in range(40)))

    text = str(Daemon("talker").death())

    assert text.startswith("talker has died. The end of its log (")
    assert text.endswith("line 39")
    assert "line 24\n" not in text


def test_a_daemon_that_ends_at_once_is_an_error_with_what_it_said() -> None:
    with pytest.raises(LabError, match=r"(?s)talker has died.*no such configuration"):
        Daemon("talker").start(["sh", "-c", "echo no such configuration"], in_namespaces=True)


def test_a_daemon_sees_nothing_of_the_callers_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    daemon = Daemon("reader")

    daemon.start(["sh", "-c", "sleep 60"])

    pid = daemon.pid
    assert pid is not None
    environment = Path(f"/proc/{pid}/environ")
    assert soon(lambda: b"HOME=/root\0" in environment.read_bytes())
    assert b"HTTPS_PROXY" not in environment.read_bytes()
    assert os.environ["HTTPS_PROXY"]
    daemon.stop()


def test_what_a_daemon_writes_is_for_its_pods_whatever_the_callers_umask(tmp_path: Path) -> None:
    daemon, written = Daemon("writer"), tmp_path / "written"
    before = os.umask(0o077)
    try:
        daemon.start(["sh", "-c", f"touch {written}; exec sleep 60"])
    finally:
        os.umask(before)

    assert soon(written.exists)
    assert written.stat().st_mode & 0o777 == 0o644
    daemon.stop()


def test_a_daemon_is_known_though_whoever_started_it_was_killed_at_once(
    monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    daemon = Daemon("orphan")
    # At the end, whatever became of it.
    request.addfinalizer(daemon.stop)

    def killed(_: int) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("lab.processes._birth", killed)
        with pytest.raises(KeyboardInterrupt):
            daemon.start(["/bin/sleep", "60"])

    assert soon(lambda: daemon.pid is not None)
