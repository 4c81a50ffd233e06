"""The command: what it records, and what it says of a run that ended before its time."""

import json
from pathlib import Path

import pytest

from bench import __main__ as command
from bench import records
from bench.figures import Measured
from lab import cluster
from tests.unit.bench.figures_of import figure


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The records go there, and the lab is said to be up."""
    monkeypatch.setattr(cluster, "is_running", lambda: True)
    monkeypatch.setattr(records, "RECORDS", tmp_path / "records")
    monkeypatch.setattr(records, "UNFINISHED", tmp_path / "unfinished")
    monkeypatch.setattr(records, "publish", lambda *_: None)
    return tmp_path


def _measuring(monkeypatch: pytest.MonkeyPatch, measured: Measured) -> None:
    monkeypatch.setitem(command._PARTS, "engine", ("The engine", lambda _: measured))


def test_a_record_says_what_makes_it_again_and_of_which_commit_it_is(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _measuring(monkeypatch, Measured(figures=(figure(),), notes=("Read this.",)))

    assert command.main(["engine", "--points=3", "--disks=0", "--alone"]) == 0

    written = json.loads((folder / "records" / "engine.json").read_text())
    assert written["command"] == "python -m bench engine --alone --disks=0 --pairs=20 --points=3"
    assert written["commit"]
    assert written["notes"] == ["Read this."]


def test_a_run_that_ended_before_its_time_leaves_the_last_whole_one_on_record(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _measuring(monkeypatch, Measured(figures=(figure(),), broken_off="interrupted"))

    assert command.main(["engine"]) == 1

    assert not (folder / "records").exists()
    assert (folder / "unfinished" / "engine.json").exists()
    assert "it ended before its time (interrupted)" in capsys.readouterr().err
