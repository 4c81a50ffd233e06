"""What the commands about one stack ask of pulumi, and what they refuse."""

import contextlib
import sys
from argparse import Namespace
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from lab import cluster, explained, keeping, recording, report, stack_commands, turns
from lab.errors import LabError
from lab.stacks import Stack
from tests.unit.lab import lab_project
from tests.unit.lab.lab_project import deployed, run


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    lab_project.make(tmp_path, monkeypatch)
    return tmp_path


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    return lab_project.recorded(monkeypatch)


@pytest.mark.parametrize(
    ("environment", "previewed"), [("development", False), ("staging", True), ("production", True)]
)
def test_rules_that_bind_are_asked_before_anything_is_created(
    asked: list[str], monkeypatch: pytest.MonkeyPatch, environment: str, previewed: bool
) -> None:
    monkeypatch.setattr(Stack, "_settings", {"secure-nginx:environment": environment})
    monkeypatch.setattr(Stack, "export", lambda _: {"deployment": {}})
    monkeypatch.setattr(report, "show", lambda *_, **__: None)

    assert run("deploy", "--target=x") == 0

    recovered, update = asked
    assert recovered == "recover dev"
    assert update.startswith("up --yes ")
    assert ("--skip-preview" not in update) == previewed
    assert update.endswith("--target=x")


@pytest.mark.usefixtures("asked")
def test_a_failed_update_shows_no_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Stack, "_settings", {})
    monkeypatch.setattr(explained, "run", lambda *_: 255)
    monkeypatch.setattr(report, "show", lambda *_, **__: sys.exit("shown"))

    assert run("deploy") == 255


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize(("code", "explained"), [(255, ["dev"]), (0, [])], ids=["failed", "well"])
def test_a_recorded_preview_that_failed_is_explained_at_once(
    project: Path, monkeypatch: pytest.MonkeyPatch, code: int, explained: list[str]
) -> None:
    told: list[str] = []
    monkeypatch.setattr(Stack, "_settings", {})
    monkeypatch.setattr(recording, "record", lambda *_: code)
    monkeypatch.setattr(recording, "explain", lambda name, _: told.append(name))

    assert run("preview", record=project / "previews") == code

    assert told == explained


@pytest.mark.usefixtures("asked")
def test_a_site_that_is_gone_from_the_cluster_is_not_called_verified(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    kind = "kubernetes:apps/v1:Deployment"
    gone = {"urn": f"urn::{kind}::web", "type": kind, "id": "shop/web", "outputs": {"metadata": {"uid": "a"}}}
    monkeypatch.setattr(Stack, "_settings", {})
    monkeypatch.setattr(Stack, "export", lambda _: {"deployment": {"resources": [gone]}})
    monkeypatch.setattr(Stack, "kubectl", ["true"])

    with pytest.raises(LabError, match=r"Deployment shop/web.*`make refresh STACK=dev` .* then `make up STACK=dev`"):
        run("deploy")

    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("shared", [False, True])
@pytest.mark.parametrize(
    ("command", "alone"),
    [
        ("deploy", True),
        ("renew", True),
        ("restore", True),
        ("refresh", True),
        ("destroy", True),
        ("preview", False),
        ("pulumi", False),
    ],
)
def test_two_commands_that_change_a_stack_of_this_machine_take_turns(
    monkeypatch: pytest.MonkeyPatch, command: str, alone: bool, shared: bool
) -> None:
    def held(_: Namespace) -> int:
        with contextlib.suppress(LabError), turns.alone(Stack("dev"), "another"):
            return 0
        return 1

    for name in ("_deploy", "_renew", "_restore", "_refresh", "_destroy", "_preview", "_pulumi"):
        monkeypatch.setattr(stack_commands, name, held)
    if not shared:
        assert bool(run(command)) is alone
        return
    monkeypatch.setenv("PULUMI_BACKEND_URL", "s3://states")
    assert run(command) == 0


@pytest.mark.parametrize("command", ["deploy", "preview", "drift", "backup", "pulumi"])
def test_a_mistyped_stack_is_named_before_anything_else(monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    monkeypatch.setattr(cluster, "is_running", lambda: False)

    with pytest.raises(LabError, match="there is no stack 'sohp'; these are: dev, shop") as refused:
        run(command, stack="sohp", record=None, file=Path("copy"))

    assert refused.value.code == 2


def test_a_stack_on_a_lab_that_is_down_is_told_how_to_start_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "is_running", lambda: False)

    with pytest.raises(LabError, match="`make up` starts it, or name a context of your own"):
        run("preview", record=None)


def test_any_other_command_is_about_the_stack_that_is_named(
    project: Path, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    deployed(project / "cluster" / "stacks")
    monkeypatch.setenv("PULUMI_STACK", "shop")
    ran: list[tuple[Sequence[str], str]] = []

    def attend(command: Sequence[str], *, folder: Path, environment: Mapping[str, str]) -> int:
        assert folder == project / "cluster" / "stacks"
        ran.append((command, environment["PULUMI_STACK"]))
        return 0

    def refuse(*words: object, **_: object) -> str:
        raise AssertionError(words)

    monkeypatch.setattr(stack_commands, "attend", attend)
    monkeypatch.setattr(Stack, "environment", {})
    monkeypatch.setattr(Stack, "pulumi", refuse)

    assert run("pulumi", "stack", "export") == 0
    assert run("pulumi", "cancel", "--yes") == 0

    assert ran == [(["pulumi", "stack", "export"], "dev"), (["pulumi", "cancel", "--yes"], "dev")]
    assert asked == ["recover dev"]


@pytest.mark.parametrize("arguments", [["cancel"], ["--yes", "cancel"]], ids=" ".join)
def test_no_lock_is_taken_from_an_update_that_runs(
    asked: list[str], monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    monkeypatch.setattr(stack_commands, "attend", lambda *_, **__: asked.append("cancelled"))

    with (
        turns.alone(Stack("dev"), "deploy"),
        pytest.raises(LabError, match=r"dev is locked by process \d+ \(lab deploy"),
    ):
        run("pulumi", *arguments)

    def refuse(_: Stack) -> None:
        raise LabError("an update still runs")

    monkeypatch.setattr(stack_commands, "require_no_engine", refuse)
    with pytest.raises(LabError, match="an update still runs"):
        run("pulumi", *arguments)
    assert asked == []


def test_a_lock_that_could_not_be_removed_leaves_the_state_alone(
    asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stack_commands, "attend", lambda *_, **__: 255)

    assert run("pulumi", "cancel") == 255
    assert asked == []


def test_a_command_that_belongs_to_make_is_refused_before_anything_is_made(asked: list[str]) -> None:
    with pytest.raises(LabError, match="use `make up STACK=shop`"):
        run("pulumi", "up", stack="shop")


@pytest.mark.parametrize("command", ["backup", "deployed", "drift", "renew"])
def test_what_only_looks_makes_no_stack(project: Path, command: str) -> None:
    with pytest.raises(LabError, match="nothing of the stack dev was deployed from here; `make up`") as refused:
        run(command, file=project / "copy.json", record=project / "drift")

    assert refused.value.code == 2
    assert not (project / "cluster").exists()


@pytest.mark.parametrize("command", ["backup", "deployed", "drift", "renew"])
def test_what_only_looks_leaves_nothing_on_a_backend_that_was_mistyped(
    project: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    asked: list[tuple[str, ...]] = []

    def pulumi(_: Stack, *words: str) -> str:
        asked.append(words)
        raise LabError("no stack named 'dev' found")

    monkeypatch.setenv("PULUMI_BACKEND_URL", "s3://sattes")
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "ours")
    monkeypatch.setattr(Stack, "pulumi", pulumi)

    with pytest.raises(LabError, match="no stack named 'dev' found"):
        run(command, file=project / "copy.json", record=project / "drift")

    assert asked == [("stack", "select", "dev")]


def test_a_backup_is_of_the_stack_that_is_there(
    project: Path, asked: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    deployed(project / "cluster" / "stacks")
    monkeypatch.setattr(keeping, "backup", lambda stack, file: asked.append(f"{stack.name} to {file.name}"))
    monkeypatch.setattr(keeping, "restore", lambda stack, file: asked.append(f"{stack.name} from {file.name}"))

    assert run("backup", file=tmp_path / "copy.json") == 0
    assert run("restore", file=tmp_path / "copy.json") == 0

    assert asked == ["dev to copy.json", "dev from copy.json"]
