"""What commands ask of pulumi, and what they say when what they need is not there."""

import contextlib
import os
from argparse import Namespace
from pathlib import Path

import pytest

from lab import __main__ as program
from lab import cluster, commands, explained, lock, paths, pki
from lab.errors import LabError
from lab.stacks import Stack


@pytest.mark.parametrize("missing", ["kubeconfig", "kubectl"])
def test_kubectl_of_a_lab_that_is_not_there_says_how_to_start_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    for name in {"kubeconfig", "kubectl"} - {missing}:
        (tmp_path / name).touch()
    monkeypatch.setattr(paths, "KUBECONFIG", tmp_path / "kubeconfig")
    monkeypatch.setattr(paths, "BIN", tmp_path)

    with pytest.raises(LabError, match="`make up` starts it"):
        commands.run(Namespace(command="kubectl", context=None, arguments=["get", "pods"]))


@pytest.mark.parametrize(
    ("environment", "previewed"), [("development", False), ("staging", True), ("production", True)]
)
def test_rules_that_bind_are_asked_before_anything_is_created(
    monkeypatch: pytest.MonkeyPatch, environment: str, previewed: bool
) -> None:
    asked: list[tuple[str, ...]] = []

    def run(stack: Stack, *words: str) -> int:
        assert stack.name == "shop"
        asked.append(words)
        return 1

    monkeypatch.setattr(Stack, "_settings", {"secure-nginx:environment": environment})
    monkeypatch.setattr(commands, "_stack", lambda options: Stack(options.stack))
    monkeypatch.setattr(commands, "recover", lambda _: None)
    monkeypatch.setattr(explained, "run", run)

    code = commands.run(Namespace(command="deploy", stack="shop", context=None, arguments=["--target=x"]))

    assert code == 1
    ((command, *options),) = asked
    assert command == "up"
    assert ("--skip-preview" not in options) == previewed
    assert "--target=x" in options


@pytest.mark.parametrize(("ended", "done"), [(True, "started"), (False, "revived")])
def test_a_lab_whose_certificates_have_ended_is_made_anew(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str], ended: bool, done: str
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    monkeypatch.setattr(paths, "LOCK", tmp_path / "lock")
    for name, answer in {"is_running": False, "dead_daemons": [], "can_be_revived": True, "memory": 0}.items():
        monkeypatch.setattr(cluster, name, lambda answer=answer: answer)
    monkeypatch.setattr(cluster, "start", lambda _: asked.append("started"))
    monkeypatch.setattr(cluster, "revive", lambda _: asked.append("revived"))
    monkeypatch.setattr(commands, "_build_missing", lambda more_steps: None)
    monkeypatch.setattr(pki, "has_ended", lambda: ended)

    assert commands.run(Namespace(command="up")) == 0

    assert asked == [done]
    assert ("more than 30 days old" in capsys.readouterr().out) is ended


@pytest.mark.parametrize("shared", [False, True])
@pytest.mark.parametrize(
    ("command", "alone"),
    [
        ("deploy", True),
        ("renew", True),
        ("restore", True),
        ("rotate-passphrase", True),
        ("refresh", True),
        ("destroy", True),
        ("preview", False),
        ("pulumi", False),
    ],
)
def test_two_commands_that_change_a_stack_of_this_machine_take_turns(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, command: str, alone: bool, shared: bool
) -> None:
    def held(_: Namespace) -> int:
        with contextlib.suppress(LabError), lock.held(tmp_path / "locks" / "stacks-dev", "", ""):
            return 0
        return 1

    monkeypatch.setattr(lock, "PATIENCE", 0.05)
    monkeypatch.setattr(paths, "STACK_LOCKS", tmp_path / "locks")
    monkeypatch.delenv("PULUMI_BACKEND_URL", raising=False)
    if shared:
        monkeypatch.setenv("PULUMI_BACKEND_URL", "s3://states")
    for name in ("_deploy", "_renew", "_keep", "_rotate_passphrase", "_refresh", "_destroy", "_preview", "_pulumi"):
        monkeypatch.setattr(commands, name, lambda options, *_: held(options))

    code = commands.run(Namespace(command=command, stack="dev", context=None))

    assert bool(code) is (alone and not shared)


@pytest.mark.parametrize(("arguments", "recovered"), [([], ["shop"]), (["--preview-only"], [])])
def test_a_refresh_recovers_first_from_an_update_that_was_killed(
    monkeypatch: pytest.MonkeyPatch, arguments: list[str], recovered: list[str]
) -> None:
    done: list[str] = []
    monkeypatch.setattr(commands, "_stack", lambda options: Stack(options.stack))
    monkeypatch.setattr(commands, "recover", lambda stack: done.append(stack.name))
    monkeypatch.setattr(explained, "run", lambda *_: done.append("refresh"))
    monkeypatch.delenv("PULUMI_BACKEND_URL", raising=False)

    commands.run(Namespace(command="refresh", stack="shop", context=None, arguments=arguments))

    assert done == [*recovered, "refresh"]


@pytest.mark.parametrize(("command", "code"), [(["deploy"], 141), (["up"], 141), (["status"], 0), (["logs"], 0)])
def test_what_was_cut_off_is_not_called_done_unless_it_only_shows(
    monkeypatch: pytest.MonkeyPatch, command: list[str], code: int
) -> None:
    def cut_off(_: Namespace) -> int:
        raise BrokenPipeError

    monkeypatch.setattr(commands, "run", cut_off)
    monkeypatch.setattr(os, "dup2", lambda *_: None)

    assert program.main(command) == code
