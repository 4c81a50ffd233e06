"""Commands that the lab waits for: what they print, and what is said where they cannot begin."""

import os
import signal
import threading
import time
from pathlib import Path

import pytest

from lab import cluster, paths
from lab.errors import LabError
from lab.run import attend, run, succeeds


def test_what_a_command_prints_is_returned() -> None:
    assert run(["cat"], text="said") == "said"
    assert succeeds(["true"])
    assert not succeeds(["false"])


def test_a_command_that_fails_is_an_error_with_its_last_words() -> None:
    with pytest.raises(LabError, match=r"(?s)`sh -c .*failed with exit code 3:.*no such thing"):
        run(["sh", "-c", "echo no such thing; exit 3"])


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


def _interrupt(begun: Path, times: int) -> threading.Thread:
    """Press Ctrl-C: the command is told by the terminal, and so is this process, as soon as the command has begun."""

    def press() -> None:
        while not begun.exists():
            time.sleep(0.01)
        for _ in range(times):
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.5)

    thread = threading.Thread(target=press)
    thread.start()
    return thread


def test_an_interrupted_command_ends_by_itself(tmp_path: Path) -> None:
    begun, tidied = tmp_path / "begun", tmp_path / "tidied"
    pressing = _interrupt(begun, times=1)

    with pytest.raises(KeyboardInterrupt):
        attend(["sh", "-c", f"touch {begun}; sleep 1; touch {tidied}"])

    pressing.join()
    assert tidied.exists()


def test_a_second_interruption_ends_it_at_once(tmp_path: Path) -> None:
    begun = tmp_path / "begun"
    pressing = _interrupt(begun, times=2)
    started = time.monotonic()

    with pytest.raises(KeyboardInterrupt):
        attend(["sh", "-c", f"touch {begun}; exec sleep 60"])

    pressing.join()
    assert time.monotonic() - started < 30
