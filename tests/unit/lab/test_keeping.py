"""A copy of a state, and its way back: whose it is, whether it is whole, and what is not in it."""

import json
from pathlib import Path
from typing import Any

import pytest

from lab import keeping
from lab.errors import LabError
from lab.stacks import Stack
from tests.unit.lab import lab_project
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
        ('{"version": 3, "deploy', "is no whole JSON .*cut off or damaged. Nothing was changed"),
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


FULL = _state(resources=[_resource()])


@pytest.fixture
def unreadable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """What is asked of an engine that cannot read the present state; after the import, it can."""
    lab_project.make(tmp_path, monkeypatch)
    asked: list[tuple[str, ...]] = []

    def pulumi(_: Stack, *words: str, text: str | None = None) -> str:
        asked.append(words)
        assert text in (None, FULL)
        if words[1] == "export" and not any(each[1] == "import" for each in asked):
            raise LabError("failed to load checkpoint: unexpected end of JSON input")
        return FULL

    monkeypatch.setattr(Stack, "pulumi", pulumi)
    return asked


@pytest.mark.parametrize(
    "files",
    [{"dev.json": b"{\xff", "dev.json.bak": b"the one before"}, {}],
    ids=["damaged", "gone"],
)
def test_a_state_that_cannot_be_read_gives_way_to_a_copy_and_is_kept(
    tmp_path: Path, unreadable: list[tuple[str, ...]], capsys: pytest.CaptureFixture[str], files: dict[str, bytes]
) -> None:
    stack, copy = Stack("dev"), tmp_path / "dev.json"
    copy.write_text(FULL)
    (states := stack.folder / ".pulumi" / "stacks" / "secure-nginx").mkdir(parents=True)
    for name, content in {**files, "shop.json": b"of another stack"}.items():
        (states / name).write_bytes(content)

    keeping.restore(stack, copy)

    kept = {file.name: file.read_bytes() for file in tmp_path.glob("dev.json.*")}
    names = ("dev.json.before-restore", "dev.json.before-restore.2")
    assert kept == dict(zip(names, files.values(), strict=False))
    said = capsys.readouterr().out
    assert "The present state cannot be read: failed to load checkpoint: unexpected end of JSON input\n" in said
    assert [f"dev.json is kept in {tmp_path / names[0]}, as it is" in said] == [bool(files)]
    assert "1 resources of the stack dev are back" in said
    assert [words[1] for words in unreadable] == ["export", "select", "import", "export"]
    assert unreadable[1] == ("stack", "select", "--create", "dev")


def test_a_present_state_that_is_none_gives_way_without_a_word_that_is_not_true(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lab_project.make(tmp_path, monkeypatch)
    answers = iter(['{"version": 3, "deployment": null}', "", "", FULL])
    monkeypatch.setattr(Stack, "pulumi", lambda *_, **__: next(answers))
    (copy := tmp_path / "dev.json").write_text(FULL)

    keeping.restore(Stack("dev"), copy)

    said = capsys.readouterr().out
    assert "The present state cannot be read: the state is no state of a stack" in said
    assert "Nothing was changed" not in said


def test_a_shared_state_that_cannot_be_read_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, unreadable: list[tuple[str, ...]]
) -> None:
    monkeypatch.setenv("PULUMI_BACKEND_URL", "s3://states")
    (copy := tmp_path / "dev.json").write_text(FULL)

    with pytest.raises(LabError, match="failed to load checkpoint"):
        keeping.restore(Stack("dev"), copy)

    assert [words[1] for words in unreadable] == ["export"]
