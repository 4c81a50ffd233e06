"""What commands ask of pulumi, and what they say when what they need is not there."""

import os
import signal
from argparse import Namespace
from pathlib import Path

import pytest

from lab import __main__ as program
from lab import cluster, commands, comparison, images, lock, nodes, paths, pki, stack_commands, topology, turns
from lab.errors import LabError
from lab.stacks import Stack
from tests.unit.lab import lab_project


@pytest.mark.parametrize("missing", ["kubeconfig", "kubectl"])
def test_kubectl_of_a_lab_that_is_not_there_says_how_to_start_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    for name in {"kubeconfig", "kubectl"} - {missing}:
        (tmp_path / name).touch()
    monkeypatch.setattr(paths, "KUBECONFIG", tmp_path / "kubeconfig")
    monkeypatch.setattr(paths, "BIN", tmp_path)

    with pytest.raises(LabError, match="`make up` starts it"):
        commands.run(Namespace(command="kubectl", stack="dev", context=None, arguments=["get", "pods"]))


@pytest.mark.parametrize(
    ("kubeconfig", "options"),
    [("/their/file", ["--kubeconfig=/their/file", "--context=mine"]), ("{secure: v1:x}", [])],
)
def test_kubectl_asks_the_cluster_of_the_stack_or_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kubeconfig: str, options: list[str]
) -> None:
    lab_project.make(tmp_path, monkeypatch)
    (tmp_path / "Pulumi.shop.yaml").write_text(f"config: {{kubeconfig: {kubeconfig}}}\n")
    for name, value in {"KUBE_CONTEXT": "mine", "STACK": "shop"}.items():
        monkeypatch.setenv(name, value)
    asked: list[list[str | Path]] = []

    def attend(command: list[str | Path]) -> int:
        asked.append(command[1:])
        return 0

    monkeypatch.setattr(commands, "attend", attend)

    code = program.main(["kubectl", "--namespace=x", "get", "pods"])

    assert (code, asked) == ((0, [[*options, "--namespace=x", "get", "pods"]]) if options else (2, []))


@pytest.mark.parametrize(("ended", "done"), [(True, "started"), (False, "revived")])
def test_a_lab_whose_certificates_have_ended_is_made_anew(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str], ended: bool, done: str
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    monkeypatch.setattr(paths, "LOCK", tmp_path / "lock")
    for name, answer in {"is_running": False, "dead_daemons": [], "can_be_revived": True, "memory": 0}.items():
        monkeypatch.setattr(cluster, name, lambda answer=answer: answer)
    monkeypatch.setattr(nodes, "require_ours", lambda: None)
    monkeypatch.setattr(cluster, "start", lambda _: asked.append("started"))
    monkeypatch.setattr(cluster, "revive", lambda _: asked.append("revived"))
    monkeypatch.setattr(cluster, "load_new_images", lambda: None)
    monkeypatch.setattr(commands, "build_missing", lambda more_steps: None)
    monkeypatch.setattr(pki, "has_ended", lambda: ended)

    assert commands.run(Namespace(command="up", stack=None)) == 0

    assert asked == [done]
    assert ("more than 30 days old" in capsys.readouterr().out) is ended


@pytest.mark.parametrize("revived", [False, True], ids=["running", "revived"])
def test_a_lab_that_runs_is_given_the_images_that_were_built_since(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, revived: bool
) -> None:
    complete = tmp_path / "complete"
    complete.touch()
    given: list[tuple[str, list[str]]] = []
    names = {image.name: image.archive.name for image in images.ALL}
    for path in ("ROOT", "IMAGES"):
        monkeypatch.setattr(paths, path, tmp_path)
    monkeypatch.setattr(paths, "LOCK", tmp_path / "lock")
    monkeypatch.setattr(cluster, "COMPLETE", complete)
    answers = {"is_running": not revived, "dead_daemons": [], "can_be_revived": True}
    for name, answer in answers.items():
        monkeypatch.setattr(cluster, name, lambda answer=answer: answer)
    monkeypatch.setattr(cluster, "revive", lambda _: None)
    monkeypatch.setattr(nodes, "require_ours", lambda: None)
    monkeypatch.setattr(pki, "has_ended", lambda: False)
    monkeypatch.setattr(images, "load", lambda node, new: given.append((node.name, [image.name for image in new])))

    def build(**_: object) -> None:
        later = complete.stat().st_mtime + 10
        for name, archive in names.items():
            (tmp_path / archive).touch()
            at = later if name == images.NGINX.name else later - 20
            os.utime(tmp_path / archive, (at, at))

    monkeypatch.setattr(commands, "build_missing", build)
    commands.run(Namespace(command="up", stack=None))
    assert given == [(node.name, [images.NGINX.name]) for node in topology.NODES]

    monkeypatch.setattr(commands, "build_missing", lambda **_: None)
    os.utime(complete, (complete.stat().st_mtime + 20,) * 2)
    commands.run(Namespace(command="up", stack=None))
    assert len(given) == len(topology.NODES)


def test_what_is_for_another_cluster_is_told_before_the_lab_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "is_running", lambda: pytest.fail("it was built or started"))

    with pytest.raises(LabError, match="there is no stack 'nowhere'"):
        commands.run(Namespace(command="up", stack="nowhere"))


def test_another_lab_on_the_machine_is_told_before_this_one_is_built(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(paths, "LOCK", tmp_path / "lock")
    monkeypatch.setattr(lock, "PATIENCE", 0.05)
    monkeypatch.setattr(lock, "FOR_A_BACKEND", 0.05)
    monkeypatch.setattr(cluster, "is_running", lambda: False)
    monkeypatch.setattr(nodes, "_foreign_owner", lambda: "/srv/shop/.lab")
    monkeypatch.setattr(commands, "build_missing", lambda **_: pytest.fail("it was built"))

    with pytest.raises(LabError, match=r"another lab runs on this machine, from /srv/shop/\.lab; stop it first"):
        commands.run(Namespace(command="up", stack=None))


def test_a_comparison_that_cannot_be_made_is_told_before_the_engine_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(names: list[str], base: str) -> str:
        raise LabError(f"{names} and {base} are no good", code=2)

    monkeypatch.setattr(comparison, "require", refuse)
    monkeypatch.setattr(commands, "build_missing", lambda **_: pytest.fail("it was built"))

    with pytest.raises(LabError, match=r"\['nowhere'\] and nothing are no good"):
        commands.run(Namespace(command="compare", stack=["nowhere"], base="nothing", record=Path("previews")))


@pytest.mark.parametrize(("stack", "destroyed"), [("dev", ["dev"]), (None, [])])
def test_the_stack_goes_before_its_lab(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, stack: str | None, destroyed: list[str]
) -> None:
    done: list[str] = []
    lab_project.make(tmp_path, monkeypatch)
    monkeypatch.setattr(stack_commands, "destroy_with_lab", lambda stack: done.append(stack.name))
    monkeypatch.setattr(cluster, "stop", lambda: done.append("the lab"))
    monkeypatch.setattr(nodes, "leftovers", list)

    assert commands.run(Namespace(command="down", stack=stack)) == 0

    assert done == [*destroyed, "the lab"]


@pytest.mark.parametrize("backend", ["", "s3://states"], ids=["own", "shared"])
def test_the_lab_stays_while_any_of_its_stacks_is_changed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, backend: str
) -> None:
    lab_project.make(tmp_path, monkeypatch)
    lab_project.deployed(paths.STACKS_ON_LAB)
    for name in ("shop", "web"):
        (paths.STACKS_ON_LAB / f"Pulumi.{name}.yaml").touch()
    monkeypatch.setattr(cluster, "stop", lambda: pytest.fail("the lab was stopped"))

    with turns.alone(Stack("shop"), "deploy"):
        if backend:
            monkeypatch.setenv("PULUMI_BACKEND_URL", backend)
        with pytest.raises(LabError, match=r"the stack shop is locked by process \d+ \(lab deploy, since .*wait until"):
            commands.run(Namespace(command="down", stack=None))


def test_the_lab_stays_while_scenarios_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    lab_project.make(tmp_path, monkeypatch)
    monkeypatch.setattr(cluster, "stop", lambda: pytest.fail("the lab was stopped"))

    with (
        lock.no_scenarios("scenarios"),
        pytest.raises(LabError, match=r"every scenario is locked by process \d+ \(lab scenarios, since .*wait until"),
    ):
        commands.run(Namespace(command="down", stack=None))


def test_no_stack_is_changed_while_the_lab_stops(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    lab_project.make(tmp_path, monkeypatch)
    lab_project.deployed(paths.STACKS_ON_LAB)

    def stop() -> None:
        with pytest.raises(LabError, match=r"the stack dev is locked by process \d+ \(lab down"):
            lab_project.run("deploy")

    monkeypatch.setattr(cluster, "stop", stop)
    monkeypatch.setattr(nodes, "leftovers", list)

    assert commands.run(Namespace(command="down", stack=None)) == 0


def test_what_is_about_a_stack_is_done_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stack_commands, "run", lambda options: 3 if options.stack == "shop" else 0)

    assert program.main(["deploy", "--stack=shop"]) == 3


@pytest.mark.parametrize("command", ["deploy", "preview", "refresh", "destroy", "renew", "pulumi"])
def test_options_for_pulumi_are_told_their_place(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    passed: list[str] = []

    def run(options: Namespace) -> int:
        passed.extend(options.arguments)
        return 0

    monkeypatch.setattr(commands, "run", run)

    with pytest.raises(SystemExit, match="2"):
        program.main([command, "--stack=dev", "--diff", "--debug"])
    assert "--diff --debug; options for pulumi go after --: ARGS='-- --diff --debug'" in capsys.readouterr().err
    assert program.main([command, "--stack=dev", "--", "--diff"]) == 0

    assert passed == ["--diff"]


@pytest.mark.parametrize(
    "command",
    [
        ["backup", "--file=copy"],
        ["restore", "--file=copy"],
        ["drift", "--record=previews"],
        ["deployed"],
        ["rotate-passphrase"],
        ["status"],
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("rest", ["shop", "--diff"])
def test_what_nothing_becomes_of_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: list[str], rest: str
) -> None:
    monkeypatch.setattr(commands, "run", lambda _: 0)

    with pytest.raises(SystemExit, match="2"):
        program.main([*command, "--stack=dev", rest])

    assert capsys.readouterr().err.endswith(f"error: unrecognized arguments: {rest}\n")


@pytest.mark.parametrize(("command", "code"), [(["deploy"], 141), (["up"], 141), (["status"], 0), (["logs"], 0)])
def test_what_was_cut_off_is_not_called_done_unless_it_only_shows(
    monkeypatch: pytest.MonkeyPatch, command: list[str], code: int
) -> None:
    def cut_off(_: Namespace) -> int:
        raise BrokenPipeError

    monkeypatch.setattr(commands, "run", cut_off)
    monkeypatch.setattr(os, "dup2", lambda *_: None)

    assert program.main(command) == code

    # What a command has started can be cut off as well.
    monkeypatch.setattr(commands, "run", lambda _: -signal.SIGPIPE)

    assert program.main(command) == code


def test_what_a_signal_has_ended_has_the_exit_code_that_a_shell_gives_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "run", lambda _: -signal.SIGKILL)

    assert program.main(["logs"]) == 137
