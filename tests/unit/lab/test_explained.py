"""Commands whose failure is explained, with an engine that only says what it is told to."""

import json
import sys
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from lab import explained, paths, recovery
from lab.errors import LabError
from lab.stacks import Stack

TOLD = "error: cannot open postgres://admin:hunter2@db/pulumi: incorrect passphrase"


class FailingStack(Stack):
    """A stack on which every command fails."""

    @cached_property
    def environment(self) -> Mapping[str, str]:
        return {}

    def command(self, command: str, *arguments: str) -> list[str]:
        return [sys.executable, "-c", f"import sys; sys.exit({TOLD!r})", command, *arguments]


@pytest.mark.parametrize("command", ["up", "preview", "refresh", "destroy"])
def test_what_pulumi_says_is_shown_without_passwords_and_explained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    monkeypatch.setattr(paths, "REPOSITORY", tmp_path)

    assert explained.run(FailingStack("dev"), command) == 1

    said = capsys.readouterr()
    assert said.err == "error: cannot open postgres://[secret]@db/pulumi: incorrect passphrase\n"
    assert "What to do\n  The state of the stack is encrypted with another passphrase." in said.out
    assert "After a `make rotate-passphrase` that did not come to its end, the same command again" in said.out


PROTECTED = 'error: resource "urn:pulumi:shop::secure-nginx::a$b::key" cannot be deleted because it is protected'


@pytest.mark.parametrize(
    ("context", "backend", "command"),
    [
        (None, "", "`.venv/bin/python -m lab pulumi --stack=shop -- state"),
        ("my cluster", "", "`.venv/bin/python -m lab pulumi --stack=shop --context='my cluster' -- state"),
        (
            "mine",
            "postgres://admin:hunter2@db/pulumi",
            "`PULUMI_BACKEND_URL=... .venv/bin/python -m lab pulumi --stack=shop --context=mine -- state",
        ),
    ],
)
def test_what_is_protected_is_released_in_the_state_that_has_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], context: str | None, backend: str, command: str
) -> None:
    monkeypatch.setattr(
        FailingStack, "command", lambda *_: [sys.executable, "-c", f"import sys; sys.exit({PROTECTED!r})"]
    )
    monkeypatch.setenv("PULUMI_BACKEND_URL", backend)

    explained.run(FailingStack("shop", context), "destroy")

    said = capsys.readouterr().out
    assert f"{command} unprotect 'urn:pulumi:shop::secure-nginx::a$b::key'`, then" in said
    assert "hunter2" not in said


@pytest.fixture
def put_back(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The creations that are put back into a state."""
    creations: list[Any] = []
    monkeypatch.setattr(recovery, "recover", lambda _, unanswered: creations.extend(unanswered))
    return creations


def _ending(end: int | BaseException, *names: str) -> Any:
    """An engine that was asked to create things, got no answer, and ends so."""

    def attend(command: Sequence[str], **_: object) -> int:
        (log,) = (Path(word.partition("=")[2]) for word in command if word.startswith("--event-log="))
        for urn in (f"urn:{name}::{name}" for name in names):
            failed = {"metadata": {"op": "create", "urn": urn, "new": {"urn": urn}}, "status": 0}
            said = {"severity": "error", "urn": urn, "message": "error reading from server: EOF"}
            with log.open("a") as file:
                file.writelines(f"{json.dumps(e)}\n" for e in ({"resOpFailedEvent": failed}, {"diagnosticEvent": said}))
        if isinstance(end, BaseException):
            raise end
        return end

    return attend


def test_what_nobody_answered_is_put_back_after_a_failure(monkeypatch: pytest.MonkeyPatch, put_back: list[Any]) -> None:
    monkeypatch.setattr(explained, "attend", _ending(1, "web"))

    assert explained.run(FailingStack("dev"), "up") == 1

    assert put_back == [{"urn": "urn:web::web"}]


def test_what_nobody_answered_is_put_back_after_an_interruption(
    monkeypatch: pytest.MonkeyPatch, put_back: list[Any]
) -> None:
    monkeypatch.setattr(explained, "attend", _ending(KeyboardInterrupt(), "web"))

    with pytest.raises(KeyboardInterrupt):
        explained.run(FailingStack("dev"), "up")

    assert put_back == [{"urn": "urn:web::web"}]


def test_what_cannot_be_put_back_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def refuse(*_: object) -> None:
        raise LabError("the state cannot be written")

    monkeypatch.setattr(recovery, "recover", refuse)
    monkeypatch.setattr(explained, "attend", _ending(1, "web", "blog"))

    assert explained.run(FailingStack("dev"), "up") == 1

    assert "delete those that are: web, blog. The state knows none: the state cannot" in capsys.readouterr().out


@pytest.mark.parametrize(("end", "names"), [(0, ["web"]), (1, [])], ids=["well", "answered"])
def test_nothing_is_put_back_where_nothing_was_lost(
    monkeypatch: pytest.MonkeyPatch, put_back: list[Any], end: int, names: list[str]
) -> None:
    monkeypatch.setattr(explained, "attend", _ending(end, *names))

    assert explained.run(FailingStack("dev"), "up") == end

    assert put_back == []
