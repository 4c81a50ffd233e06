"""Commands that the lab waits for: what they print, and what is said where they cannot begin."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from lab import cluster, paths
from lab.errors import LabError
from lab.run import attend, run, succeeds
from tests.unit import certificates


def test_what_a_command_prints_is_returned() -> None:
    assert run(["cat"], text="said") == "said"
    assert succeeds(["true"])
    assert not succeeds(["false"])


def test_what_is_no_text_is_returned_and_kept_as_far_as_it_is(tmp_path: Path) -> None:
    assert run(["printf", "caf\\351\\n"], log=tmp_path / "log") == "caf\ufffd\n"
    assert (tmp_path / "log").read_text(encoding="utf-8") == "caf\ufffd\n"

    with pytest.raises(LabError, match="no caf\ufffd"):
        run(["sh", "-c", "printf 'no caf\\351' >&2; exit 3"])


def test_a_command_that_fails_is_an_error_with_its_last_words() -> None:
    with pytest.raises(LabError, match=r"(?s)`sh -c .*failed with exit code 3:.*no such thing"):
        run(["sh", "-c", "echo no such thing; exit 3"])


def test_no_password_is_in_the_error_of_a_command_that_fails() -> None:
    with pytest.raises(LabError, match="cannot open postgres://") as told:
        run(["sh", "-c", 'echo "cannot open $0"; exit 3', "postgres://admin:hunter2@db/pulumi"])
    assert "hunter2" not in str(told.value)


def test_a_key_of_which_only_the_end_would_be_shown_is_not_shown_either() -> None:
    key = certificates.key_pem("failing")
    said = f"{key.splitlines()[0]}\n{'A' * 64}\n" + "B\n" * 18 + f"{key.splitlines()[-1]}\nsorry\n"

    with pytest.raises(LabError, match="sorry") as told:
        run(["sh", "-c", "cat; exit 3"], text=said)
    assert "  B" not in str(told.value)


@pytest.mark.parametrize(
    ("program", "remedy"),
    [
        ("pulumi", "pulumi is not there: `make up` builds it"),
        (paths.BIN / "no-such-program", "no-such-program is not there: `make up` builds it"),
        ("kubectl", "kubectl is not there: install it, or put its folder into PATH"),
    ],
)
def test_a_program_that_is_not_there_is_an_error_with_its_remedy(
    program: str | Path, remedy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")

    with pytest.raises(LabError, match=remedy) as told:
        run([program, "version"])
    assert told.value.code == 2
    with pytest.raises(LabError, match=remedy):
        succeeds([program, "version"])


def test_a_folder_that_is_not_there_is_not_taken_for_the_program(tmp_path: Path) -> None:
    with pytest.raises(LabError, match=r"the folder .*gone, in which cat was to run, is not there") as told:
        run(["cat"], folder=tmp_path / "gone")
    assert told.value.code == 2


def test_a_lab_without_its_kubectl_is_down_rather_than_broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "BIN", tmp_path)
    monkeypatch.setattr(cluster, "COMPLETE", tmp_path)
    monkeypatch.setattr(cluster, "all_started", list)

    assert not cluster.is_running()


def test_a_command_that_is_attended_talks_for_itself(tmp_path: Path) -> None:
    output, errors = tmp_path / "output", tmp_path / "errors"

    code = attend(
        ["sh", "-c", 'echo "$WORD"; pwd >&2; exit 3'],
        folder=tmp_path,
        environment={"WORD": "said"},
        output=output,
        errors=errors,
    )

    assert code == 3
    assert output.read_text() == "said\n"
    assert errors.read_text() == f"{tmp_path}\n"


def test_a_program_that_is_not_there_cannot_be_attended() -> None:
    with pytest.raises(LabError, match="no-such-program is not there"):
        attend(["no-such-program"])


@contextmanager
def _attending(folder: Path, command: str) -> Iterator["subprocess.Popen[bytes]"]:
    """A program that attends a command, which has begun."""
    # It says so a moment later: by then whoever attends it waits for it, on a busy machine as well.
    program = f"from lab.run import attend; attend(['sh', '-c', 'sleep 0.5; touch begun; {command}'])"
    with subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
        stderr=subprocess.DEVNULL,
    ) as attending:
        while not (folder / "begun").exists():
            assert attending.poll() is None
            time.sleep(0.01)
        yield attending


def test_an_interrupted_command_ends_by_itself(tmp_path: Path) -> None:
    with _attending(tmp_path, "sleep 1; touch tidied") as attending:
        attending.send_signal(signal.SIGINT)

    assert (tmp_path / "tidied").exists()
    assert attending.returncode == -signal.SIGINT


def test_an_impatient_user_ends_it_at_once(tmp_path: Path) -> None:
    with _attending(tmp_path, "exec sleep 600") as attending:
        deadline = time.monotonic() + 60
        while attending.poll() is None:
            assert time.monotonic() < deadline
            attending.send_signal(signal.SIGINT)
            time.sleep(0.5)

    assert attending.returncode == -signal.SIGINT
