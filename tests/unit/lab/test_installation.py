"""Debian packages are installed without a service that starts, and nothing stays that keeps others from starting."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from lab import check

ROOT = Path(__file__).parents[3]


@pytest.fixture
def policy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where Debian would ask whether services may start, for an `apt-get` that only says what it sees there."""
    monkeypatch.setattr(check, "POLICY", tmp_path / "policy-rc.d")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    (tmp_path / "bin").mkdir()
    _apt_get(tmp_path, f"cat {tmp_path / 'policy-rc.d'} >> {tmp_path / 'seen'}; printf 'caf\\351\\n'; exit 1")
    return tmp_path / "policy-rc.d"


def _apt_get(folder: Path, script: str) -> None:
    program = folder / "bin" / "apt-get"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


def test_no_service_starts_while_packages_are_installed(
    policy: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    check.install(["haproxy"])

    assert (tmp_path / "seen").read_text().count("exit 101\n") == 2
    assert not policy.exists()
    assert "caf\ufffd" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("number", "handler"),
    [
        (signal.SIGINT, signal.default_int_handler),
        (signal.SIGTERM, signal.SIG_DFL),
        (signal.SIGHUP, signal.SIG_DFL),
    ],
    ids=["SIGINT", "SIGTERM", "SIGHUP"],
)
def test_whoever_ends_the_installation_leaves_services_as_they_were(
    policy: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], number: signal.Signals, handler: Any
) -> None:
    _apt_get(tmp_path, f"kill -{number.value} $PPID; cp {policy} {tmp_path / 'seen'}; echo done >> {tmp_path / 'seen'}")
    # The tests themselves may run where it is ignored.
    before = signal.signal(number, handler)
    try:
        with pytest.raises(SystemExit) as ended:
            check.install(["haproxy"])

        assert ended.value.code == 128 + number
        assert (tmp_path / "seen").read_text().endswith("exit 101\ndone\n"), "it ends only after apt-get has"
        assert not policy.exists()
        assert signal.getsignal(number) == handler
        said = f"lab: {number.name} came, and apt-get was waited for: no package is half installed. The same command"
        assert said in capfd.readouterr().err
    finally:
        signal.signal(number, before)


def test_what_is_typed_at_the_terminal_does_not_reach_the_installation(policy: Path, tmp_path: Path) -> None:
    # As a terminal does, which gives Ctrl-C to all that is in its foreground.
    _apt_get(tmp_path, f"kill -INT -$(cut -d ' ' -f 5 /proc/$PPID/stat); echo done >> {tmp_path / 'seen'}")
    script = (
        f"from pathlib import Path; from lab import check; check.POLICY = Path({str(policy)!r}); check.install(['x'])"
    )

    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False, start_new_session=True
    )

    assert done.returncode == 130, done.stderr
    assert (tmp_path / "seen").read_text() == "done\n"
    assert "Traceback" not in done.stderr


@pytest.mark.usefixtures("policy")
def test_a_signal_that_is_ignored_stays_ignored(tmp_path: Path) -> None:
    _apt_get(tmp_path, "kill -HUP $PPID")
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        check.install(["haproxy"])

        assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_what_an_installation_left_that_was_ended_by_force_is_removed_by_the_next_one(
    policy: Path, tmp_path: Path
) -> None:
    _apt_get(tmp_path, f"cp {policy} {tmp_path / 'left'}")
    check.install(["haproxy"])
    (tmp_path / "left").rename(policy)

    _apt_get(tmp_path, "exit 0")
    check.install(["haproxy"])

    assert not policy.exists()


def test_two_installations_take_turns(policy: Path, tmp_path: Path) -> None:
    _apt_get(tmp_path, f"echo begin >> {tmp_path / 'seen'}; sleep 0.2; echo end >> {tmp_path / 'seen'}")
    script = f"from pathlib import Path; from lab import check; check.POLICY = Path({str(policy)!r}); check.install([])"
    both = [subprocess.Popen([sys.executable, "-c", script], cwd=ROOT) for _ in range(2)]

    assert [each.wait() for each in both] == [0, 0]

    assert (tmp_path / "seen").read_text() == "begin\nend\n" * 4
    assert not policy.exists()


@pytest.mark.usefixtures("policy")
def test_whoever_else_installs_packages_is_waited_for(tmp_path: Path) -> None:
    _apt_get(tmp_path, f'echo "$*" >> {tmp_path / "seen"}')

    check.install(["haproxy"])

    update, install = (tmp_path / "seen").read_text().splitlines()
    assert update == "--quiet --option DPkg::Lock::Timeout=600 update"
    assert install.startswith("--quiet --option DPkg::Lock::Timeout=600 install ")


@pytest.mark.parametrize("text", [b"#!/bin/sh\nexit 101\n", b"\xe9"])
def test_what_somebody_else_says_of_services_stays(policy: Path, text: bytes) -> None:
    policy.write_bytes(text)

    check.install(["haproxy"])

    assert policy.read_bytes() == text
