"""Debian packages are installed without a service that starts, and nothing stays that keeps others from starting."""

import os
import signal
from pathlib import Path

import pytest

from lab import check


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


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_whoever_ends_the_installation_leaves_services_as_they_were(
    policy: Path, tmp_path: Path, number: signal.Signals
) -> None:
    _apt_get(tmp_path, f"kill -{number.value} $PPID; cp {policy} {tmp_path / 'seen'}; echo done >> {tmp_path / 'seen'}")
    # The tests themselves may run where it is ignored.
    before = signal.signal(number, signal.SIG_DFL)
    try:
        with pytest.raises(SystemExit) as ended:
            check.install(["haproxy"])

        assert ended.value.code == 128 + number
        assert (tmp_path / "seen").read_text().endswith("exit 101\ndone\n"), "it ends only after apt-get has"
        assert not policy.exists()
        assert signal.getsignal(number) == signal.SIG_DFL
    finally:
        signal.signal(number, before)


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


@pytest.mark.parametrize("text", [b"#!/bin/sh\nexit 101\n", b"\xe9"])
def test_what_somebody_else_says_of_services_stays(policy: Path, text: bytes) -> None:
    policy.write_bytes(text)

    check.install(["haproxy"])

    assert policy.read_bytes() == text
