"""What is compared with what."""

import os
import shutil
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from lab import comparison, paths, recording
from lab.errors import LabError
from lab.run import run
from previews import folders

_GIT = ["git", "-c", "user.name=somebody", "-c", "user.email=somebody@example.com"]


def test_a_base_that_is_no_commit_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    with pytest.raises(LabError, match="BASE: 'no-such-branch' is no commit of this repository; name one") as told:
        comparison.compare(["dev"], "no-such-branch", tmp_path / "recorded")

    assert told.value.code == 2
    assert not (tmp_path / "recorded").exists()


def test_why_git_refuses_a_repository_is_told_in_its_own_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "REPOSITORY", tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))

    with pytest.raises(LabError, match="fatal: not a git repository"):
        comparison.require(["dev"], "HEAD")


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository of a program, `before`, and two stacks: one of them is taken away since, another one is new."""
    folder = tmp_path / "repository"
    folder.mkdir()
    monkeypatch.setattr(paths, "REPOSITORY", folder)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    (folder / "__main__.py").write_text("before\n")
    for name in ("dev", "old"):
        (folder / f"Pulumi.{name}.yaml").touch()
    for command in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "--message=before"]):
        run([*_GIT, *command], folder=folder)
    (folder / "Pulumi.old.yaml").rename(folder / "Pulumi.new.yaml")
    return folder


def test_a_stack_is_one_that_is_here_or_was_in_the_base(repository: Path) -> None:
    head = run(["git", "rev-parse", "HEAD"], folder=repository).strip()

    assert comparison.require(["dev", "old", "new"], "HEAD") == head
    with pytest.raises(LabError, match="there is no stack 'dve', neither here nor in HEAD; here are: dev, new") as told:
        comparison.require(["dev", "dve"], "HEAD")
    assert told.value.code == 2


@pytest.mark.usefixtures("repository")
def test_that_a_stack_is_taken_away_is_recorded_as_part_of_the_comparison(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recorded = tmp_path / "recorded"

    assert not comparison.compare(["old"], "HEAD", recorded)

    said = capsys.readouterr()
    assert said.out == "Comparing old with HEAD ...\n"
    assert said.err.startswith("old: there is no Pulumi.old.yaml: ")

    assert "has to be destroyed by hand" in (recorded / "old.errors").read_text()
    assert folders.base(recorded) == comparison.require(["old"], "HEAD")


def test_a_new_stack_is_previewed_on_the_throw_away_state_whatever_its_folder_is_called(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    addresses = []

    def initialised(_: object, *, folder: Path, environment: Mapping[str, str]) -> str:
        addresses.append(environment["PULUMI_BACKEND_URL"])
        (folder / "Pulumi.new.yaml").write_text("encryptionsalt: v1:x")
        return ""

    monkeypatch.setattr(comparison, "run", initialised)
    monkeypatch.setattr(recording, "attend", lambda *_, **__: 0)
    (repository / "Pulumi.yaml").touch()
    scratch = tmp_path / "a #1"
    scratch.mkdir()

    assert comparison.Trial(scratch).compare("new", "a" * 40, tmp_path / "recorded")

    assert addresses == [f"file://{tmp_path}/a%20%231/state?metadata=skip"]
    assert folders.base(tmp_path / "recorded") == "a" * 40


def test_why_a_preview_has_failed_is_said_at_once(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def initialised(_: object, *, folder: Path, **__: object) -> str:
        (folder / "Pulumi.new.yaml").write_text("encryptionsalt: v1:x")
        return ""

    def refused(*_: object, output: Path, **__: object) -> int:
        output.write_text('{"steps": [], "diagnostics": [{"severity": "error", "message": "replicas: -1 is too few"}]}')
        return 255

    monkeypatch.setattr(comparison, "run", initialised)
    monkeypatch.setattr(recording, "attend", refused)
    (repository / "Pulumi.yaml").touch()
    (tmp_path / "scratch").mkdir()

    assert not comparison.Trial(tmp_path / "scratch").compare("new", "a" * 40, tmp_path / "recorded")

    assert capsys.readouterr().err == "new: replicas: -1 is too few\n"


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
def test_the_base_is_what_was_committed(repository: Path, tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    (repository / "__main__.py").write_text("after\n")
    (repository / "new.py").touch()

    comparison.Trial(scratch).check_out("HEAD")

    base = scratch / "base"
    assert {each.name for each in base.iterdir()} == {"__main__.py", "Pulumi.dev.yaml", "Pulumi.old.yaml", ".venv"}
    assert (base / "__main__.py").read_text() == "before\n"
    assert (base / ".venv").readlink() == repository / ".venv"
