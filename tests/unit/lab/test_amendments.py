"""Amendments: one text of a required module, compiled otherwise."""

import zipfile
from pathlib import Path

import pytest

from lab import amendments, builds
from lab.amendments import Amendment
from lab.errors import LabError
from lab.run import run

SHORTER = Amendment(module="example.org/slow", file="wait.go", old="period = 10", new="period = 2")
SOURCE = 'package main\n\nconst period = 10\n\nfunc main() { print("every ", period) }\n'


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program that requires a module which nobody has fetched yet."""
    monkeypatch.setenv("GOPROXY", f"file://{tmp_path}/proxy")
    monkeypatch.setenv("GOMODCACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("GOSUMDB", "off")
    monkeypatch.setenv("GOFLAGS", "-modcacherw")  # so that pytest can remove it
    publish(tmp_path, SOURCE)
    folder = tmp_path / "a program"
    folder.mkdir()
    (folder / "go.mod").write_text("module example.org/program\n\ngo 1.24\n\nrequire example.org/slow v1.0.0\n")
    (folder / "go.sum").touch()
    return folder


def publish(folder: Path, source: str) -> None:
    """Put the required module where `go` looks for it."""
    place = folder / "proxy" / "example.org" / "slow" / "@v"
    place.mkdir(parents=True, exist_ok=True)
    go_mod = "module example.org/slow\n\ngo 1.24\n"
    (place / "v1.0.0.info").write_text('{"Version": "v1.0.0"}')
    (place / "v1.0.0.mod").write_text(go_mod)
    with zipfile.ZipFile(place / "v1.0.0.zip", "w") as archive:
        archive.writestr("example.org/slow@v1.0.0/go.mod", go_mod)
        archive.writestr("example.org/slow@v1.0.0/wait.go", source)


def test_the_amended_text_is_in_a_copy_that_replaces_the_module(module: Path, tmp_path: Path) -> None:
    # As of a lab in a folder that is called what folders may be called.
    target = tmp_path / 'ä "second" copy 😀'

    amended = amendments.write([SHORTER], module, target)

    copy = target / "example.org" / "slow"
    assert (copy / "wait.go").read_text() == SOURCE.replace("10", "2")
    assert (tmp_path / "cache" / "example.org" / "slow@v1.0.0" / "wait.go").read_text() == SOURCE
    assert run(["go", "list", "-modfile", str(amended), "-f", "{{.Dir}}", "example.org/slow"], folder=module) == (
        f"{copy}\n"
    )


def test_a_workspace_in_a_folder_above_takes_no_part(module: Path, tmp_path: Path) -> None:
    (tmp_path / "go.work").write_text("go 1.24\n\nuse ./gone\n")

    amended = amendments.write([SHORTER], module, tmp_path / "amended")

    listed = ["go", "list", "-modfile", str(amended), "-f", "{{.Dir}}", "example.org/slow"]
    assert run(listed, folder=module, environment={"GOWORK": builds.ENVIRONMENT["GOWORK"]}).startswith(str(tmp_path))


@pytest.mark.parametrize("source", ["const period = 9\n", "const period = 10 // period = 10\n"])
def test_a_text_that_is_not_there_exactly_once_is_an_error(module: Path, tmp_path: Path, source: str) -> None:
    publish(tmp_path, source)
    with pytest.raises(LabError, match=r"wait\.go holds this [02] times, not once:\n    period = 10\n"):
        amendments.write([SHORTER], module, tmp_path / "amended")
