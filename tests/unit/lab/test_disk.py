"""Room for what is built: each file system is judged by what goes there."""

import shutil
from collections import namedtuple
from pathlib import Path

import pytest

from lab import disk

_Usage = namedtuple("_Usage", "free")


@pytest.fixture
def caches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder below which Go keeps its caches, which are not there yet."""
    go = tmp_path / "bin" / "go"
    go.parent.mkdir()
    go.write_text(f"#!/bin/sh\necho {tmp_path}/caches/$2\n")
    go.chmod(0o755)
    monkeypatch.setenv("PATH", f"{go.parent}:/bin")
    (tmp_path / "caches").mkdir()
    return tmp_path / "caches"


def _free(monkeypatch: pytest.MonkeyPatch, gibibytes: float) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: _Usage(gibibytes * disk.GIBIBYTE))


def test_what_goes_to_one_file_system_is_added_up(
    tmp_path: Path, caches: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _free(monkeypatch, 11.5)

    (problem,) = disk.problems(tmp_path / "lab")

    folders = f"{tmp_path}/lab (LAB_DIR), {caches}/GOCACHE (GOCACHE), {caches}/GOMODCACHE (GOMODCACHE)"
    assert problem == (
        f"12 GiB of free disk are needed for {folders}; there are 11.5\n"
        "    free some, or set LAB_DIR, GOCACHE or GOMODCACHE to a folder elsewhere"
    )
    _free(monkeypatch, 12)
    assert disk.problems(tmp_path / "lab") == []


def test_each_file_system_is_asked_for_what_goes_there_alone(
    tmp_path: Path, caches: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk, "_file_system", lambda folder: int(folder == caches))
    _free(monkeypatch, 3)

    (problem,) = disk.problems(tmp_path / "lab")

    assert problem.startswith(f"9 GiB of free disk are needed for {caches}/GOCACHE (GOCACHE), ")
    assert problem.endswith("; there are 3.0\n    free some, or set GOCACHE or GOMODCACHE to a folder elsewhere")
    _free(monkeypatch, 2.9)
    lab, _ = disk.problems(tmp_path / "lab")
    assert lab == (
        f"3 GiB of free disk are needed for {tmp_path}/lab (LAB_DIR); there are 2.9\n"
        "    free some, or set LAB_DIR to a folder elsewhere"
    )


@pytest.mark.usefixtures("caches")
def test_what_was_built_needs_little_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "lab" / "bin").mkdir(parents=True)
    (tmp_path / "lab" / "bin" / ".cluster.built").touch()
    _free(monkeypatch, 2)

    assert disk.problems(tmp_path / "lab") == []


def test_without_go_only_the_labs_folder_is_judged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    _free(monkeypatch, 3)

    assert disk.problems(tmp_path / "lab") == []
