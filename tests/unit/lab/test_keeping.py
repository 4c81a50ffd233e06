"""A copy of a state, and its way back: whose it is, whether it is whole, and what is not in it."""

import json
from pathlib import Path
from typing import Any

import pytest

from lab import keeping
from lab.errors import LabError
from lab.stacks import Stack
from tests.unit.lab.recording_stack import RecordingStack


def _resource(stack: str = "dev", project: str = "secure-nginx") -> dict[str, str]:
    return {"urn": f"urn:pulumi:{stack}::{project}::pulumi:pulumi:Stack::it"}


def _state(**deployment: Any) -> str:
    return json.dumps({"version": 3, "deployment": {"manifest": {}, **deployment}})


def test_a_second_restore_keeps_what_the_first_one_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state = _state(resources=[_resource()])
    monkeypatch.setattr(Stack, "pulumi", lambda *_, **__: state)
    copy = tmp_path / "dev.json"
    copy.write_text(state)

    for _ in range(3):
        keeping.restore(Stack("dev"), copy)

    kept = sorted(file.name for file in tmp_path.iterdir())
    assert kept == ["dev.json", *(f"dev.json.before-restore{number}" for number in ("", ".2", ".3"))]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (_state(resources=[_resource(), _resource("prod")]), "is a copy of the stack prod, not of dev"),
        (
            _state(resources=[_resource(project="shop")]),
            "is a copy of a stack of the project shop, not of secure-nginx",
        ),
        ('{"version": 3, "deploy', "is no whole JSON .*cut off or damaged"),
        ("[[]]", "is no state of a stack"),
        ('{"version": 3, "deployment": [1]}', "is damaged: it has no list of resources below `deployment`"),
        (_state(resources=None), "is damaged: it has no list of resources below `deployment`"),
        (_state(x=1), "is no copy of a deployed stack: it has no resources below `deployment`"),
        (_state(resources=[]), "is no copy of a deployed stack: it has no resources below `deployment`"),
        (_state(resources=[_resource(), {"id": "1"}]), "is damaged: its resource 2 has no URN of a stack"),
        (_state(resources=["urn:pulumi:dev"]), "is damaged: its resource 1 has no URN of a stack"),
        (_state(resources=[{"urn": "x"}]), "is damaged: its resource 1 has no URN of a stack"),
        (_state(resources=[{"urn": 1}]), "is damaged: its resource 1 has no URN of a stack"),
    ],
)
def test_what_is_no_whole_copy_of_this_stack_changes_nothing(tmp_path: Path, text: str, message: str) -> None:
    copy = tmp_path / "copy.json"
    copy.write_text(text)
    stack = RecordingStack(tmp_path, {})

    with pytest.raises(LabError, match=rf"copy\.json {message}"):
        keeping.restore(stack, copy)

    assert stack.asked == []


@pytest.mark.parametrize("empty", [_state(), _state(resources=[])])
def test_a_state_without_resources_takes_the_place_of_no_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, empty: str
) -> None:
    monkeypatch.setattr(Stack, "pulumi", lambda *_, **__: empty)
    copy = tmp_path / "dev.json"
    copy.write_text("the only one")

    with pytest.raises(LabError, match=r"dev has no resources; nothing was written, .*dev\.json is as it was"):
        keeping.backup(Stack("dev"), copy)

    assert [file.name for file in tmp_path.iterdir()] == ["dev.json"]
    assert copy.read_text() == "the only one"


def test_a_copy_comes_back_where_nothing_is_yet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    full = _state(resources=[_resource()])
    exports = iter([_state(), "", full])
    monkeypatch.setattr(Stack, "pulumi", lambda *_, **__: next(exports))
    copy = tmp_path / "dev.json"
    copy.write_text(full)

    keeping.restore(Stack("dev"), copy)

    assert not (tmp_path / "dev.json.before-restore").exists(), "nothing is no copy"


@pytest.mark.parametrize("act", [keeping.backup, keeping.restore])
@pytest.mark.parametrize("file", ["", ".", "/"])
def test_what_names_no_file_is_refused(tmp_path: Path, act: Any, file: str) -> None:
    stack = RecordingStack(tmp_path, {})

    with pytest.raises(LabError, match="names no file; name one, as FILE=") as refused:
        act(stack, Path(file))

    assert refused.value.code == 2
    assert stack.asked == []


@pytest.mark.parametrize(
    ("set_here", "told"),
    [
        (
            {"kubeconfig": {"secure": "v1:x"}, "certificate": {"source": "provided", "privateKey": {"secure": "v1:y"}}},
            True,
        ),
        ({"kubeconfig": {"secure": "v1:x"}, "replicas": 2}, False),
    ],
    ids=["on this machine alone", "in the stack's file as well"],
)
def test_a_backup_tells_which_secrets_are_not_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], set_here: Any, told: bool
) -> None:
    source = tmp_path / "source.yaml"
    source.write_text("config: {kubeconfig: {secure: v1:before}}\n")
    monkeypatch.setattr(RecordingStack, "source", source)
    monkeypatch.setattr(Stack, "pulumi", lambda *_, **__: _state(resources=[_resource()]))
    monkeypatch.setattr(RecordingStack, "pulumi", Stack.pulumi)
    stack = RecordingStack(tmp_path, {})
    stack.configuration.write_text(json.dumps({"config": {"kubeconfig": {"secure": "v1:x"}, **set_here}}))

    keeping.backup(stack, tmp_path / "dev.backup.json")

    missing = "secrets of the configuration: secure-nginx:certificate.privateKey. Keep them as well"
    command = "make pulumi STACK=dev ARGS='config set --secret --path secure-nginx:certificate.privateKey' < FILE"
    said = capsys.readouterr().out
    assert "1 resources of the stack dev are in" in said
    assert (missing in said, command in said, "kubeconfig" in said) == (told, told, False)
