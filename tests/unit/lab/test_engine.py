"""The environment in which Pulumi runs on the lab."""

from pathlib import Path

import pytest

from lab import engine, paths


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Pulumi home of the lab's, and an engine whose plugins are all there."""
    monkeypatch.setattr(paths, "PULUMI_HOME", tmp_path / "pulumi-home")
    monkeypatch.setattr(engine, "is_built_here", lambda: False)
    monkeypatch.setattr(engine, "_download_plugins", lambda: None)
    return tmp_path / "pulumi-home"


def test_the_engine_finds_no_folder_for_its_logs(home: Path) -> None:
    engine.install()

    assert (home / "logs").is_file()


def test_logs_of_earlier_runs_are_removed(home: Path) -> None:
    (home / "logs").mkdir(parents=True)
    (home / "logs" / "run.log").write_text("everything that the engine has seen")

    engine.install()
    engine.install()

    assert (home / "logs").read_text() == ""
