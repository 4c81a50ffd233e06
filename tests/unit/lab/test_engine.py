"""The environment in which Pulumi runs on the lab."""

from pathlib import Path

import pytest

from lab import engine, paths
from lab.errors import LabError


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


@pytest.fixture
def own_plugin(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine with no Pulumi of its own."""
    monkeypatch.delenv("LAB_ENGINE", raising=False)
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "mine"))
    monkeypatch.setattr(engine, "is_built_here", lambda: True)
    monkeypatch.setattr(engine, "_official_kubernetes", lambda: None)


@pytest.mark.usefixtures("own_plugin")
def test_the_labs_own_plugin_is_kept_from_other_clusters() -> None:
    with pytest.raises(LabError, match=r"install Pulumi 3\.214 or newer") as told:
        engine.require_official()

    assert told.value.code == 2


@pytest.mark.usefixtures("own_plugin")
@pytest.mark.parametrize(
    "reason", ["the lab plays the cluster", "it is asked for", "Pulumi on PATH", "official plugin"]
)
def test_the_labs_own_plugin_is_not_in_the_way(reason: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    match reason:
        case "the lab plays the cluster":
            monkeypatch.setattr(paths, "KUBECONFIG", tmp_path / "mine")
        case "it is asked for":
            monkeypatch.setenv("LAB_ENGINE", "source")
        case "Pulumi on PATH":
            monkeypatch.setattr(engine, "is_built_here", lambda: False)
        case _:
            monkeypatch.setattr(engine, "_official_kubernetes", lambda: tmp_path)

    engine.require_official()


def test_what_is_said_of_the_engine_stays_out_of_what_was_asked_for(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    engine.install()

    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("Engine: pulumi ")
    assert home.exists()
