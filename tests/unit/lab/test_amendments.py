"""Amendments: one text of a required module, compiled otherwise."""

from pathlib import Path

import pytest

from lab import amendments
from lab.amendments import Amendment
from lab.errors import LabError
from lab.run import run

SHORTER = Amendment(module="example.org/slow", file="wait.go", old="period = 10", new="period = 2")


@pytest.fixture
def module(tmp_path: Path) -> Path:
    """A program that prints a number of a module that it requires."""
    required = tmp_path / "required"
    required.mkdir()
    (required / "go.mod").write_text("module example.org/slow\n\ngo 1.24\n")
    (required / "wait.go").write_text('package main\n\nconst period = 10\n\nfunc main() { print("every ", period) }\n')
    folder = tmp_path / "program"
    folder.mkdir()
    (folder / "go.mod").write_text("module example.org/program\n\ngo 1.24\n\nrequire example.org/slow v0.0.0\n")
    (folder / "go.sum").touch()
    (folder / "go.work").write_text("go 1.24\n\nuse .\nuse ../required\n")
    return folder


def test_the_amended_text_is_in_a_copy_that_replaces_the_module(module: Path, tmp_path: Path) -> None:
    amended = amendments.write([SHORTER], module, tmp_path / "amended")

    copy = tmp_path / "amended" / "example.org" / "slow"
    assert amended.read_text().endswith(f"\nreplace example.org/slow => {copy}\n")
    assert "const period = 2\n" in (copy / "wait.go").read_text()
    assert "const period = 10\n" in (tmp_path / "required" / "wait.go").read_text()
    (module / "go.work").unlink()
    assert run(["go", "list", "-modfile", str(amended), "-f", "{{.Dir}}", "example.org/slow"], folder=module) == (
        f"{copy}\n"
    )


@pytest.mark.parametrize("source", ["const period = 9\n", "const period = 10 // period = 10\n"])
def test_a_text_that_is_not_there_exactly_once_is_an_error(module: Path, tmp_path: Path, source: str) -> None:
    (tmp_path / "required" / "wait.go").write_text(source)
    with pytest.raises(LabError, match=r"wait\.go holds this [02] times, not once:\n    period = 10\n"):
        amendments.write([SHORTER], module, tmp_path / "amended")
