"""The environment in which Pulumi runs on the lab."""

import os
import re
import sys
from contextlib import nullcontext
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from lab import engine, paths
from lab.errors import LabError

BACKEND, PASSPHRASE = "PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE"


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


def test_an_engine_from_path_gets_its_own_plugins_where_the_labs_were_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed: list[str] = []
    monkeypatch.setattr(engine, "PLUGINS", tmp_path / "plugins")
    monkeypatch.setattr(paths, "PULUMI_HOME", tmp_path)
    monkeypatch.setattr(paths, "BIN", tmp_path / "bin")
    monkeypatch.setattr(engine, "_official_kubernetes", lambda: None)

    def install(command: list[str], **_: object) -> str:
        name, version = command[-2:]
        folder = tmp_path / "plugins" / f"resource-{name}-v{version}"
        folder.mkdir(parents=True)
        (folder / f"pulumi-resource-{name}").write_text("official")
        installed.append(name)
        return ""

    monkeypatch.setattr(engine, "run", install)
    (tmp_path / "bin").mkdir()
    for program in ("bridged", "kubernetes-plugin"):
        (tmp_path / "bin" / program).write_text("the lab's own")
    monkeypatch.setattr(engine, "is_built_here", lambda: True)
    engine.install()
    assert {program.read_text() for program in (tmp_path / "plugins").glob("*/pulumi-resource-*")} == {"the lab's own"}

    monkeypatch.setattr(engine, "is_built_here", lambda: False)
    engine.install()
    engine.install()

    assert {program.read_text() for program in (tmp_path / "plugins").glob("*/pulumi-resource-*")} == {"official"}
    assert sorted(installed) == ["kubernetes", "random", "tls"]


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


@pytest.fixture
def variables(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A shell without variables of Pulumi's, to set some."""
    for name in (BACKEND, PASSPHRASE):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


@pytest.mark.parametrize("backend", ["s3://states", "postgres://db.example/states", "file:///shared"])
def test_a_shared_state_behind_an_empty_passphrase_is_refused(variables: pytest.MonkeyPatch, backend: str) -> None:
    variables.setenv(BACKEND, backend)
    variables.setenv(PASSPHRASE, "")

    with pytest.raises(LabError, match=f"^{PASSPHRASE} is '': set it to .*in a pipeline, the secret") as told:
        engine.require_state()

    assert told.value.code == 2


@pytest.mark.parametrize("passphrase", [None, "", "ours"])
def test_an_address_of_the_state_that_is_empty_is_refused(
    variables: pytest.MonkeyPatch, passphrase: str | None
) -> None:
    variables.setenv(BACKEND, "")
    if passphrase is not None:
        variables.setenv(PASSPHRASE, passphrase)

    with pytest.raises(LabError, match=f"^{BACKEND} is '': set it to .*in a pipeline, the secret.*unset it") as told:
        engine.require_state()

    assert told.value.code == 2


@pytest.mark.parametrize(
    ("backend", "passphrase"),
    [
        (None, None),
        # A state of this machine's own, as of a test.
        (None, ""),
        ("s3://states", None),
        ("s3://states", "ours"),
        # Pulumi Cloud has keys of its own, and a pipeline no passphrase for it.
        ("https://api.pulumi.com", ""),
        ("http://localhost:8080", ""),
    ],
)
def test_a_state_that_is_where_it_is_meant_to_be_is_left_to_pulumi(
    variables: pytest.MonkeyPatch, backend: str | None, passphrase: str | None
) -> None:
    for name, value in ((BACKEND, backend), (PASSPHRASE, passphrase)):
        if value is not None:
            variables.setenv(name, value)

    engine.require_state()


@pytest.mark.parametrize("name", ["plain", "a blank", "a#b", "a?b", "a%20b", "ä"])
def test_a_state_on_this_machine_is_in_its_folder_whatever_that_is_called(
    variables: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    address = urlsplit(engine.environment(tmp_path / name, None)[BACKEND])

    # As the engine reads it.
    assert (address.scheme, unquote(address.path), address.query, address.fragment) == (
        "file", str(tmp_path / name), "metadata=skip", ""
    )  # fmt: skip
    variables.setenv(BACKEND, "s3://states")
    assert engine.environment(tmp_path / name, None)[BACKEND] == "s3://states"


def test_a_state_on_this_machine_is_one_that_is_read_here(variables: pytest.MonkeyPatch, tmp_path: Path) -> None:
    variables.setenv("PULUMI_DIY_BACKEND_GZIP", "true")

    compressed = {"PULUMI_DIY_BACKEND_GZIP": "false", "PULUMI_DIY_BACKEND_ZSTD": "false"}
    assert compressed.items() <= engine.environment(tmp_path, None).items()
    variables.setenv(BACKEND, "s3://states")
    assert not compressed.keys() & engine.environment(tmp_path, None).keys()


@pytest.mark.parametrize(
    ("address", "refused"),
    [
        ("file://.", True),
        ("file://./state", True),
        ("file://state", True),
        ("file:///state", False),
        ("file://~", False),
    ],
)
def test_a_state_is_in_one_place_from_whichever_folder(
    variables: pytest.MonkeyPatch, address: str, refused: bool
) -> None:
    variables.setenv(BACKEND, address)
    with pytest.raises(LabError, match=f"'{re.escape(address)}': give the whole path") if refused else nullcontext():
        engine.require_state()


def test_a_passphrase_is_in_one_file_from_whichever_folder(variables: pytest.MonkeyPatch, tmp_path: Path) -> None:
    variables.setenv(f"{PASSPHRASE}_FILE", "secret")
    assert engine.environment(tmp_path, None)[f"{PASSPHRASE}_FILE"] == str(paths.REPOSITORY / "secret")
    variables.setenv(f"{PASSPHRASE}_FILE", "/run/secret")
    assert engine.environment(tmp_path, None)[f"{PASSPHRASE}_FILE"] == "/run/secret"


@pytest.mark.parametrize(("set_already", "spared"), [(None, "127.0.0.1"), ("10.0.0.1", "10.0.0.1,127.0.0.1")])
def test_no_proxy_stands_between_program_and_engine(
    variables: pytest.MonkeyPatch, tmp_path: Path, set_already: str | None, spared: str
) -> None:
    variables.delenv("no_grpc_proxy", raising=False)
    if set_already:
        variables.setenv("no_grpc_proxy", set_already)

    assert engine.environment(tmp_path, None)["no_grpc_proxy"] == spared


def test_the_program_runs_by_the_python_that_runs_this_whichever_environment_is_active(
    variables: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    variables.setenv("VIRTUAL_ENV", "/other")

    found = engine.environment(tmp_path, None)

    assert found["PULUMI_PYTHON_CMD"] == sys.executable
    # The policy pack's program looks for its Python there.
    folders = [each for each in found["PATH"].split(os.pathsep) if each != str(paths.BIN)]
    assert folders[0] == str(Path(sys.executable).parent)


def test_what_is_said_of_the_engine_stays_out_of_what_was_asked_for(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    engine.install()

    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("Engine: pulumi ")
    assert home.exists()
