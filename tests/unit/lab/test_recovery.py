"""What a killed update leaves, and what becomes of it."""

import json
import socket
from pathlib import Path
from typing import Any

import pytest

from lab import recovery
from tests.unit.lab.recording_stack import RecordingStack

STACK = "pulumi:pulumi:Stack"
GONE = 2**22 + 1
"""The number of no process: above the kernel's limit."""


def _creating(kind: str) -> dict[str, Any]:
    inputs = {"apiVersion": "apps/v1", "kind": kind, "metadata": {"name": "new", "namespace": "shop"}}
    return {
        "type": "creating",
        "resource": {"urn": "urn:new", "type": f"kubernetes:apps/v1:{kind}", "inputs": inputs},
    }


@pytest.fixture
def stack(tmp_path: Path) -> RecordingStack:
    tls = {"type": "creating", "resource": {"urn": "urn:key", "type": "tls:index:PrivateKey", "inputs": {}}}
    state = {"resources": [{"urn": "urn:stack", "type": STACK}], "pending_operations": [_creating("Deployment"), tls]}
    file = tmp_path / ".pulumi" / "stacks" / "secure-nginx" / "dev.json"
    file.parent.mkdir(parents=True)
    file.write_text('{"pending_operations": []}')
    return RecordingStack(tmp_path, state)


def _lock(folder: Path, pid: int, host: str) -> None:
    file = folder / ".pulumi" / "locks" / "organization" / "secure-nginx" / "dev" / "x.json"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps({"pid": pid, "hostname": host}))


def test_what_was_being_created_is_compared_with_the_cluster_before_the_next_update(
    stack: RecordingStack, capsys: pytest.CaptureFixture[str]
) -> None:
    recovery.recover(stack)

    deployment = stack.imported["deployment"]
    assert [resource["urn"] for resource in deployment["resources"]] == ["urn:stack", "urn:new"]
    assert deployment["resources"][1]["id"] == "shop/new"
    assert deployment["resources"][1]["refreshBeforeUpdate"] is True
    assert "pending_operations" not in deployment
    assert "is compared with the cluster by the next update" in capsys.readouterr().out


def test_an_object_outside_of_namespaces_is_known_by_its_name_alone(stack: RecordingStack) -> None:
    del stack.state["pending_operations"][0]["resource"]["inputs"]["metadata"]["namespace"]

    recovery.recover(stack)

    assert stack.imported["deployment"]["resources"][1]["id"] == "new"


@pytest.mark.parametrize("operation", ["updating", "deleting"])
def test_what_was_being_changed_is_compared_and_nothing_else(stack: RecordingStack, operation: str) -> None:
    metadata = {"metadata": {"name": "a"}}
    changing = {"urn": "urn:changing", "type": "kubernetes:core/v1:Service", "inputs": metadata}
    stack.state["resources"] = [
        {"urn": "urn:stack", "type": STACK},
        {"urn": "urn:other", "type": "kubernetes:core/v1:Service", "id": "shop/other", "inputs": metadata},
        {"urn": "urn:key", "type": "tls:index:PrivateKey", "id": "key"},
        {**changing, "id": "shop/old", "delete": True},
        {**changing, "id": "shop/changing"},
    ]
    stack.state["pending_operations"] = [
        {"type": operation, "resource": changing},
        {"type": operation, "resource": {"urn": "urn:key", "type": "tls:index:PrivateKey"}},
    ]

    recovery.recover(stack)

    resources = stack.imported["deployment"]["resources"]
    assert [each["id"] for each in resources if each.get("refreshBeforeUpdate")] == ["shop/changing"]


def test_a_replacement_takes_the_place_of_what_it_was_to_replace(stack: RecordingStack) -> None:
    object_type = "kubernetes:apps/v1:Deployment"
    stack.state["resources"] = [
        {"urn": "urn:stack", "type": STACK},
        {"urn": "urn:new", "type": object_type, "id": "shop/older", "delete": True},
        {"urn": "urn:new", "type": object_type, "id": "shop/old"},
        {"urn": "urn:dependent", "type": object_type, "dependencies": ["urn:new"]},
    ]

    recovery.recover(stack)

    resources = stack.imported["deployment"]["resources"]
    assert [(each.get("id"), each.get("delete", False)) for each in resources] == [
        (None, False),
        ("shop/older", True),
        ("shop/new", False),
        ("shop/old", True),
        (None, False),
    ]
    assert [each.get("refreshBeforeUpdate", False) for each in resources] == [False, False, True, False, False]


@pytest.mark.parametrize("cut_off", ["", '{"version": 3, "depl', None])
def test_a_state_that_was_cut_off_is_restored_from_the_one_before(
    stack: RecordingStack, tmp_path: Path, cut_off: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    (state,) = tmp_path.rglob("dev.json")
    state.with_suffix(".json.bak").write_text('{"before": true}')
    if cut_off is None:
        state.unlink()
    else:
        state.write_text(cut_off)
    _lock(tmp_path, GONE, socket.gethostname())

    recovery.recover(stack)

    assert state.read_text() == '{"before": true}'
    assert stack.asked == [("cancel", "--yes", "--stack=dev")]
    assert "killed while it wrote the state" in capsys.readouterr().out


def test_what_was_cut_off_beside_the_state_is_cleared_away(stack: RecordingStack, tmp_path: Path) -> None:
    (state,) = tmp_path.rglob("dev.json")
    whole, cut_off, unfinished = (
        state.with_name(f"dev.json.{end}") for end in ("bak.attrs", "attrs", "18ec48aba3eb0a6e.tmp")
    )
    whole.write_text('{"user.content_type": "text/plain"}')
    cut_off.write_text("")
    unfinished.write_text('{"version": 3, "depl')
    state.write_text("{}")
    _lock(tmp_path, GONE, socket.gethostname())

    recovery.recover(stack)

    assert (whole.exists(), cut_off.exists(), unfinished.exists()) == (True, False, False)


def test_a_whole_state_is_never_replaced_by_an_older_one(stack: RecordingStack, tmp_path: Path) -> None:
    (state,) = tmp_path.rglob("dev.json")
    state.write_text('{"now": true}')
    state.with_suffix(".json.bak").write_text('{"before": true}')
    _lock(tmp_path, GONE, socket.gethostname())

    recovery.recover(stack)

    assert state.read_text() == '{"now": true}'


def test_a_state_without_pending_operations_is_left_alone(stack: RecordingStack) -> None:
    for file in stack.folder.rglob("dev.json"):
        file.write_text("{}")

    recovery.recover(stack)

    assert stack.asked == []


@pytest.mark.parametrize("compression", ["gz", "zst"])
def test_the_engine_is_asked_for_what_is_compressed(stack: RecordingStack, compression: str) -> None:
    for file in stack.folder.rglob("dev.json"):
        file.rename(file.with_suffix(f".json.{compression}"))

    recovery.recover(stack)

    assert [each["urn"] for each in stack.imported["deployment"]["resources"]] == ["urn:stack", "urn:new"]


def test_a_creation_without_an_answer_is_put_back(stack: RecordingStack, capsys: pytest.CaptureFixture[str]) -> None:
    del stack.state["pending_operations"]
    creation = {
        **_creating("Deployment")["resource"], "custom": True, "id": "", "outputs": {}, "protect": True,
    }  # fmt: skip

    recovery.recover(stack, [creation])

    *_, noted = stack.imported["deployment"]["resources"]
    assert noted == {
        "urn": "urn:new",
        "type": "kubernetes:apps/v1:Deployment",
        "custom": True,
        "inputs": creation["inputs"],
        "protect": True,
        "id": "shop/new",
        "refreshBeforeUpdate": True,
    }
    assert "is compared with the cluster by the next update" in capsys.readouterr().out


def test_pending_operations_are_cared_for_in_the_same_edit(stack: RecordingStack) -> None:
    unanswered = {**_creating("Service")["resource"], "urn": "urn:unanswered"}

    recovery.recover(stack, [unanswered])

    resources = stack.imported["deployment"]["resources"]
    assert [each["urn"] for each in resources] == ["urn:stack", "urn:unanswered", "urn:new"]


def test_secrets_that_the_log_masks_are_left_out(stack: RecordingStack) -> None:
    del stack.state["pending_operations"]
    masked = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "[secret]"}
    creation = _creating("Secret")["resource"]
    creation["inputs"] |= {"stringData": masked, "spec": {"env": [{"name": "a", "value": masked}, masked], "b": 1}}

    recovery.recover(stack, [creation])

    inputs = stack.imported["deployment"]["resources"][1]["inputs"]
    assert "stringData" not in inputs
    assert inputs["spec"] == {"env": [{"name": "a"}], "b": 1}


def test_what_is_in_an_adopted_secret_never_becomes_plain_text(stack: RecordingStack) -> None:
    stack.state["pending_operations"] = []
    creation = _creating("Secret")["resource"]
    secret = {**creation, "type": "kubernetes:core/v1:Secret"}

    recovery.recover(stack, [secret, {**creation, "urn": "urn:other"}])

    *_, noted, other = stack.imported["deployment"]["resources"]
    assert noted["additionalSecretOutputs"] == ["data", "stringData"]
    assert "additionalSecretOutputs" not in other


@pytest.mark.parametrize("kind", ["tls:index/privateKey:PrivateKey", "kubernetes:helm.sh/v3:Release"])
def test_what_is_no_object_of_the_cluster_is_simply_made_again(stack: RecordingStack, kind: str) -> None:
    recovery.recover(stack, [{"urn": "urn:key", "type": kind, "inputs": {}}])

    assert [each["urn"] for each in stack.imported["deployment"]["resources"]] == ["urn:stack", "urn:new"]


@pytest.mark.parametrize("old", [{"id": "shop/gone", "pendingReplacement": True}, {"id": "shop/new"}], ids=str)
def test_what_was_deleted_first_or_is_the_same_object_makes_room(stack: RecordingStack, old: dict[str, Any]) -> None:
    stack.state["resources"].append({"urn": "urn:new", "type": "kubernetes:core/v1:Service", **old})

    recovery.recover(stack)

    _, *taken = stack.imported["deployment"]["resources"]
    assert [(each["id"], each.get("delete")) for each in taken] == [("shop/new", None)]


def test_an_engine_that_was_killed_at_its_first_operation_leaves_a_state_without_resources(
    stack: RecordingStack,
) -> None:
    del stack.state["resources"]

    recovery.recover(stack)

    assert [each["urn"] for each in stack.imported["deployment"]["resources"]] == ["urn:new"]


def test_a_shared_state_is_asked_of_its_backend_and_its_lock_left_alone(
    stack: RecordingStack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What lies in the folder is of a time when the state was not shared yet.
    _lock(tmp_path, GONE, socket.gethostname())
    for file in tmp_path.rglob("dev.json"):
        file.write_text("{}")
    monkeypatch.setenv("PULUMI_BACKEND_URL", "s3://states")

    recovery.recover(stack)
    assert [command for command, *_ in stack.asked] == ["stack", "stack"]
    assert [each["urn"] for each in stack.imported["deployment"]["resources"]] == ["urn:stack", "urn:new"]

    stack.asked.clear()
    del stack.state["pending_operations"]
    recovery.recover(stack)
    assert stack.asked == [("stack", "export", "--stack=dev")]
