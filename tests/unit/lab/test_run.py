"""Commands that the lab waits for: what they print, and what is said where they cannot begin."""

from pathlib import Path

import pytest

from lab import cluster, paths
from lab.errors import LabError
from lab.run import run, succeeds


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
