"""The cluster that a stack is for, and that no context of another name or of another cluster leads away from it."""

import json
import sys
from pathlib import Path

import pytest
import yaml

from lab import engine, explained, preparing, recording, stack_commands
from lab.errors import LabError
from lab.stacks import Stack
from tests.unit.lab import lab_project
from tests.unit.lab.lab_project import run


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of stacks on clusters of the user's, with the stack dev that was deployed to the context `mine`."""
    lab_project.make(tmp_path, monkeypatch)
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "ours")
    monkeypatch.setattr(Stack, "pulumi", lambda *_, **__: _provider(context="mine"))
    lab_project.deployed(tmp_path / "stacks", "mine")
    copy = tmp_path / "stacks" / "Pulumi.dev.yaml"
    copy.write_text(f"encryptionsalt: v1:x\n{copy.read_text()}")
    return tmp_path / "stacks"


def _provider(**inputs: str) -> str:
    provider = {"type": "pulumi:providers:kubernetes", "inputs": inputs}
    return json.dumps({"deployment": {"resources": [{"type": "pulumi:pulumi:Stack"}, provider]}})


def _set(elsewhere: Path, key: str, value: str) -> None:
    (elsewhere.parent / "Pulumi.dev.yaml").write_text(f"config: {{context: lab, {key}: '{value}'}}\n")


def _context_of(folder: Path) -> str:
    return str(yaml.safe_load((folder / "Pulumi.dev.yaml").read_text())["config"]["secure-nginx:context"])


@pytest.mark.parametrize("inputs", [{"context": "mine"}, {"context": "lately", "clusterIdentifier": "mine"}], ids=str)
def test_a_deployed_stack_is_not_moved_by_another_context(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch, inputs: dict[str, str]
) -> None:
    monkeypatch.setattr(Stack, "pulumi", lambda *_, **__: _provider(**inputs))

    with pytest.raises(
        LabError, match=r"dev is deployed to the context 'mine', and this is 'other'.*KUBE_CONTEXT=mine"
    ):
        preparing.prepare(Stack("dev", "other"))

    assert _context_of(elsewhere) == "mine"


def test_a_context_that_was_only_tried_holds_nobody(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Stack, "pulumi", lambda *_, **__: _provider(context="other"))

    preparing.prepare(Stack("dev", "other"))

    assert _context_of(elsewhere) == "other"


def test_a_stack_that_pulumi_has_just_made_is_on_no_cluster_yet(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Stack, "pulumi", lambda *_, **__: json.dumps({"deployment": {}}))
    (elsewhere / "Pulumi.dev.yaml").write_text("encryptionsalt: v1:x\n")

    preparing.prepare(Stack("dev", "other"))

    assert _context_of(elsewhere) == "other"


@pytest.mark.parametrize(("key", "value"), [("clusterIdentifier", "mine"), ("pinnedContext", "other")])
def test_a_stack_that_says_which_cluster_it_is_on_holds_on_to_it_by_itself(
    elsewhere: Path, key: str, value: str
) -> None:
    _set(elsewhere, key, value)

    preparing.prepare(Stack("dev", "other"))

    assert _context_of(elsewhere) == "other"


@pytest.mark.parametrize("key", ["clusterIdentifier", "pinnedContext"])
def test_a_key_that_is_empty_says_nothing(elsewhere: Path, key: str) -> None:
    _set(elsewhere, key, "")

    with pytest.raises(LabError, match="dev is deployed to the context 'mine', and this is 'other'"):
        preparing.prepare(Stack("dev", "other"))


@pytest.mark.parametrize("context", ["other", None], ids=["another context", "the lab"])
def test_a_shared_state_is_not_moved_from_a_machine_that_never_deployed_it(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch, context: str | None
) -> None:
    (elsewhere / "Pulumi.dev.yaml").unlink()
    monkeypatch.setenv("PULUMI_BACKEND_URL", "s3://states")

    with pytest.raises(LabError, match="dev is deployed to the context 'mine', and this is"):
        preparing.prepare(Stack("dev", context))


@pytest.mark.parametrize("command", ["destroy", "refresh", "drift", "renew", "preview"])
def test_a_context_that_is_not_the_pinned_one_is_refused_whether_or_not_the_program_runs(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    _set(elsewhere, "pinnedContext", "mine")
    ran: list[object] = []
    monkeypatch.setattr(engine, "require_official", lambda: None)
    monkeypatch.setattr(stack_commands, "build_missing", lambda **_: None)
    monkeypatch.setattr(explained, "run", lambda *words: ran.append(words))
    monkeypatch.setattr(recording, "attend", lambda *words, **_: ran.append(words))

    with pytest.raises(
        LabError,
        match=r"^secure-nginx:context: 'other' is not allowed in this environment; use the pinned one, 'mine'$",
    ) as refused:
        run(command, context="other", record=None)

    assert refused.value.code == 2
    assert ran == []
    assert _context_of(elsewhere) == "mine"


def test_of_a_stack_on_a_wrong_context_nothing_is_made(elsewhere: Path) -> None:
    _set(elsewhere, "pinnedContext", "mine")

    with pytest.raises(LabError, match="'lab' is not allowed in this environment; use the pinned one, 'mine'"):
        preparing.prepare(Stack("dev"))

    assert not Stack("dev").folder.exists()


@pytest.fixture
def recognised(monkeypatch: pytest.MonkeyPatch) -> Stack:
    """A stack that is on the cluster `ours` and no other."""
    monkeypatch.setattr(Stack, "_settings", {"secure-nginx:clusterUid": "ours", "secure-nginx:context": "mine"})
    return Stack("dev", "mine")


def _finding(monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    """Let a Python program stand for kubectl."""
    monkeypatch.setattr(Stack, "kubectl", [sys.executable, "-c", program])


@pytest.mark.parametrize("command", ["refresh", "destroy"])
def test_the_same_name_for_another_cluster_neither_refreshes_nor_destroys(
    recognised: Stack, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    _finding(monkeypatch, "print('theirs')")

    with pytest.raises(
        LabError,
        match=r"^secure-nginx:clusterUid: 'ours' is not the cluster that the context 'mine' leads to, which is "
        r"'theirs'; mend the kubeconfig, or change clusterUid",
    ) as refused:
        recognised.command(command)

    assert refused.value.code == 2


@pytest.mark.parametrize("command", ["refresh", "destroy"])
def test_a_cluster_is_recognised_by_its_oldest_namespace(
    recognised: Stack, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    asked = "get namespace kube-system --output=jsonpath={.metadata.uid} --request-timeout=30s"
    _finding(monkeypatch, f"import sys; print('ours' if ' '.join(sys.argv[1:]) == {asked!r} else sys.argv)")

    assert recognised.command(command)[:2] == ["pulumi", command]


def test_a_cluster_that_does_not_say_which_it_is_is_left_alone(
    recognised: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    _finding(monkeypatch, "raise SystemExit('connection refused')")

    with pytest.raises(
        LabError,
        match=r"(?s)^secure-nginx:clusterUid: whether this is the cluster 'ours' .*take the setting out.*refused",
    ):
        recognised.command("refresh")


@pytest.mark.parametrize(("uid", "kubectl"), [("", ["/nonexistent"]), ("ours", [])], ids=["no UID", "no kubectl"])
def test_a_cluster_is_asked_only_where_that_tells_something(
    monkeypatch: pytest.MonkeyPatch, uid: str, kubectl: list[str]
) -> None:
    monkeypatch.setattr(Stack, "_settings", {"secure-nginx:context": "mine", "secure-nginx:clusterUid": uid})
    monkeypatch.setattr(Stack, "kubectl", kubectl)

    assert Stack("dev", "mine").command("refresh")[:2] == ["pulumi", "refresh"]


@pytest.mark.parametrize("key", ["pinnedContext", "clusterIdentifier", "clusterUid"])
@pytest.mark.parametrize("command", ["refresh", "destroy"])
def test_what_goes_by_the_state_goes_where_it_leads(monkeypatch: pytest.MonkeyPatch, key: str, command: str) -> None:
    settings = {"secure-nginx:context": "anew", f"secure-nginx:{key}": "anew"}
    monkeypatch.setattr(Stack, "_settings", settings)
    monkeypatch.setattr(Stack, "kubectl", [])

    with pytest.raises(LabError, match=r"'anew' is not where the state leads, which is 'mine'.*KUBE_CONTEXT=mine"):
        Stack("dev", "anew").command(command)
    monkeypatch.setattr(Stack, "pulumi", lambda *_, **__: _provider(context="anew"))
    assert Stack("dev", "anew").command(command)[:2] == ["pulumi", command]
