"""What is compared with what."""

import os
import shutil
import tarfile
from pathlib import Path
from typing import Any

import pytest

from lab import comparison, paths
from lab.errors import LabError
from lab.run import run

_GIT = ["git", "-c", "user.name=somebody", "-c", "user.email=somebody@example.com"]


def test_a_base_that_is_no_commit_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    with pytest.raises(LabError, match="BASE: 'no-such-branch' is no commit of this repository; name one") as told:
        comparison.compare(["dev"], "no-such-branch", tmp_path / "recorded")

    assert told.value.code == 2
    assert not (tmp_path / "recorded").exists()


@pytest.fixture
def _archives_of_python_3_11_2(monkeypatch: pytest.MonkeyPatch) -> None:
    """Debian 12's Python, which has no filters for what it takes out of archives."""
    for place, name in ((shutil, "unpack_archive"), (tarfile.TarFile, "extract"), (tarfile.TarFile, "extractall")):
        newer = getattr(place, name)

        def older(*arguments: Any, _newer: Any = newer, **options: Any) -> Any:
            assert "filter" not in options, "Python 3.11.2 has no such option"
            return _newer(*arguments, **options)

        monkeypatch.setattr(place, name, older)


@pytest.mark.usefixtures("_archives_of_python_3_11_2")
def test_the_base_is_what_was_committed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repository, scratch = tmp_path / "repository", tmp_path / "scratch"
    repository.mkdir()
    scratch.mkdir()
    monkeypatch.setattr(paths, "REPOSITORY", repository)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    program = repository / "__main__.py"
    program.write_text("before\n")
    for command in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "--message=before"]):
        run([*_GIT, *command], folder=repository)
    program.write_text("after\n")
    (repository / "new.py").touch()

    comparison.Trial(scratch).check_out("HEAD")

    base = scratch / "base"
    assert {each.name for each in base.iterdir()} == {"__main__.py", ".venv"}
    assert (base / "__main__.py").read_text() == "before\n"
    assert (base / ".venv").readlink() == repository / ".venv"
