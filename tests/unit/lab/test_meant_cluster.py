"""Without a context the lab is meant: no command goes to another cluster by the state of a stack that is there."""

from argparse import Namespace
from pathlib import Path
from typing import Any

import pytest

from lab import clock, cluster, commands, engine, keeping, pages, recording, rotation, stack_commands, status
from lab.errors import LabError
from lab.stacks import Stack
from tests.unit.lab import lab_project
from tests.unit.lab.lab_project import run

REFUSED = (
    r"^Pulumi\.prod\.yaml: secure-nginx:context is 'production', and the lab's is 'lab'; .*KUBE_CONTEXT=production"
)


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose stacks have a shared state, with the stack prod of another cluster."""
    lab_project.make(tmp_path, monkeypatch)
    monkeypatch.setenv("PULUMI_BACKEND_URL", "s3://states")
    (tmp_path / "Pulumi.prod.yaml").write_text("config: {context: production, pinnedContext: production}\n")
    return tmp_path


@pytest.fixture(autouse=True)
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is asked of the engine, and what is looked at; nothing of it is done."""
    done = lab_project.recorded(monkeypatch)

    def noted(name: str, answer: Any = 0) -> Any:
        def note(*_: object, **__: object) -> Any:
            done.append(name)
            return answer

        return note

    monkeypatch.setattr(clock, "drifted", noted("drift"))
    monkeypatch.setattr(clock, "renew", noted("renew"))
    monkeypatch.setattr(clock, "deployed_commit", noted("deployed", "a1b2c3"))
    monkeypatch.setattr(keeping, "backup", noted("backup"))
    monkeypatch.setattr(keeping, "restore", noted("restore"))
    monkeypatch.setattr(rotation, "rotate_passphrase", noted("rotate-passphrase"))
    monkeypatch.setattr(stack_commands, "attend", noted("pulumi"))
    monkeypatch.setattr(status, "show", noted("status"))
    monkeypatch.setattr(pages, "write", noted("report", "page.html"))
    return done


def _command(command: str, stack: str, context: str | None = None) -> int:
    arguments = ["stack", "export"] if command == "pulumi" else []
    return run(command, *arguments, stack=stack, context=context, record=None, file=Path("copy"))


@pytest.mark.parametrize("command", ["preview", "drift", "renew", "restore", "rotate-passphrase", "refresh", "destroy"])
@pytest.mark.parametrize("is_running", [True, False], ids=["lab up", "lab down"])
def test_a_stack_of_another_cluster_is_refused_and_nothing_is_asked(
    asked: list[str], monkeypatch: pytest.MonkeyPatch, command: str, is_running: bool
) -> None:
    monkeypatch.setattr(cluster, "is_running", lambda: is_running)

    with pytest.raises(LabError, match=REFUSED) as refused:
        _command(command, "prod")

    assert refused.value.code == 2
    assert asked == []


@pytest.mark.parametrize("command", ["drift", "renew", "restore", "rotate-passphrase", "refresh", "destroy"])
@pytest.mark.parametrize(
    ("stack", "context"), [("dev", None), ("prod", "production")], ids=["the lab's", "a context that is named"]
)
def test_where_it_is_clear_which_cluster_is_meant_it_is_done(
    asked: list[str], monkeypatch: pytest.MonkeyPatch, command: str, stack: str, context: str | None
) -> None:
    monkeypatch.setattr(stack_commands, "build_missing", lambda **_: None)
    monkeypatch.setattr(engine, "require_official", lambda: None)

    assert _command(command, stack, context) == 0
    assert asked[0].startswith(command)


@pytest.mark.parametrize("command", ["deployed", "backup", "pulumi"])
def test_what_asks_the_state_alone_may_be_about_any_stack(asked: list[str], command: str) -> None:
    assert _command(command, "prod") == 0
    assert asked == [command]


@pytest.mark.parametrize("command", ["preview", "drift"])
def test_what_is_refused_is_recorded_as_failed(project: Path, command: str) -> None:
    with pytest.raises(LabError, match=REFUSED):
        run(command, stack="prod", record=project / "previews")

    assert "secure-nginx:context is 'production'" in recording.read("prod", project / "previews").errors[0]


@pytest.mark.parametrize("command", ["status", "report"])
def test_the_lab_is_not_asked_about_a_stack_of_another_cluster(asked: list[str], command: str) -> None:
    with pytest.raises(LabError, match=REFUSED) as refused:
        commands.run(Namespace(command=command, stack=["dev", "prod"], context=None))
    assert refused.value.code == 2
    assert asked == []

    for stack, context in ((["dev", "shop"], None), (["prod"], "production")):
        assert commands.run(Namespace(command=command, stack=stack, context=context)) == 0
    assert set(asked) == {command}


@pytest.mark.parametrize("command", ["status", "report"])
def test_another_cluster_than_the_pinned_one_is_not_asked(project: Path, asked: list[str], command: str) -> None:
    (project / "Pulumi.prod.yaml").write_text("config: {pinnedContext: production}\n")

    with pytest.raises(LabError, match="'other' is not allowed in this environment; use the pinned one") as refused:
        commands.run(Namespace(command=command, stack=["prod"], context="other"))

    assert (refused.value.code, asked) == (2, [])


def test_the_way_down_of_the_lab_takes_no_stack_of_another_cluster_along(project: Path, asked: list[str]) -> None:
    # As `make backup` leaves it, which takes any stack.
    copy = Stack("prod").configuration
    copy.parent.mkdir(parents=True)
    copy.write_text("config: {}\n")

    with pytest.raises(LabError, match=f"{REFUSED}.*\nThe lab stays up"):
        stack_commands.destroy_with_lab(Stack("prod"))

    assert asked == []


def test_a_lab_with_a_state_of_its_own_still_goes_down(
    project: Path, asked: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("PULUMI_BACKEND_URL")
    lab_project.deployed(project / "cluster" / "stacks")
    (project / "Pulumi.dev.yaml").write_text("config: {context: production}\n")

    stack_commands.destroy_with_lab(Stack("dev"))

    assert asked == []
    assert capsys.readouterr().out.endswith("What is left of the stack goes down with the lab.\n")
