"""What the engine's log of events tells."""

import json
from pathlib import Path
from typing import Any

import pytest

from lab import events


def _log(folder: Path, *lines: Any) -> Path:
    log = folder / "events"
    log.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    return log


def _error(message: str, urn: str = "") -> dict[str, Any]:
    return {"diagnosticEvent": {"severity": "error", "message": message, "urn": urn}}


def _failed(operation: str, urn: str, *, status: int = 0) -> dict[str, Any]:
    return {"resOpFailedEvent": {"metadata": {"op": operation, "urn": urn, "new": {"urn": urn}}, "status": status}}


def test_error_messages_are_found_among_the_events(tmp_path: Path) -> None:
    quiet = {"diagnosticEvent": {"severity": "debug", "message": "incorrect passphrase"}}

    assert list(events.errors(_log(tmp_path, {"preludeEvent": {}}, quiet, _error("wrong")))) == ["wrong"]


def test_warnings_say_what_errors_leave_out(tmp_path: Path) -> None:
    reason = {"diagnosticEvent": {"severity": "warning", "message": "warning: unreachable: refused"}}

    log = _log(tmp_path, reason, _error("read: the cluster is unreachable"))

    assert list(events.errors(log)) == ["warning: unreachable: refused", "read: the cluster is unreachable"]


def test_a_warning_is_no_lost_answer(tmp_path: Path) -> None:
    warning = {"diagnosticEvent": {"severity": "warning", "message": "unexpected EOF", "urn": "urn:a"}}

    assert events.unanswered_creations(_log(tmp_path, warning, _failed("create", "urn:a"))) == []


def test_without_a_log_nothing_was_said(tmp_path: Path) -> None:
    assert list(events.errors(tmp_path / "none")) == []
    assert events.unanswered_creations(tmp_path / "none") == []


def test_the_half_line_of_a_killed_engine_is_no_event(tmp_path: Path) -> None:
    log = _log(tmp_path, _error("wrong"))
    log.write_bytes(log.read_bytes() + '{"diagnosticEvent": "ä'.encode()[:-1])

    assert list(events.errors(log)) == ["wrong"]


@pytest.mark.parametrize("operation", ["create", "create-replacement"])
def test_a_creation_without_an_answer_is_found(tmp_path: Path, operation: str) -> None:
    log = _log(tmp_path, _error("error reading from server: EOF", "urn:a"), _failed(operation, "urn:a"))

    assert events.unanswered_creations(log) == [{"urn": "urn:a"}]


@pytest.mark.parametrize(
    "message",
    [
        'create Service shop/web: Post "https://127.0.0.1:6443/api/v1/services?fieldManager=p": context canceled',
        'Patch "https://127.0.0.1:6443/api/v1/services/web": context canceled',
        "unexpected error when reading response body. Please retry. Original error: context canceled",
    ],
    ids=["create", "apply", "half an answer"],
)
def test_a_creation_that_was_cancelled_on_its_way_may_be_there(tmp_path: Path, message: str) -> None:
    log = _log(tmp_path, _error(message, "urn:a"), _failed("create", "urn:a"))

    assert events.unanswered_creations(log) == [{"urn": "urn:a"}]


@pytest.mark.parametrize(
    ("operation", "message"),
    [
        ("create", 'deployments.apps "my-nginx" already exists'),
        ("create", "connection error: dial unix plugin.sock: connect: connection refused"),
        ("create", "create Service shop/web: context canceled"),
        ("create", "client rate limiter Wait returned an error: context canceled"),
        ("create", 'Get "https://127.0.0.1:6443/api/v1/services/web": context canceled'),
        ("update", "error reading from server: EOF"),
        ("delete", "error reading from server: EOF"),
    ],
    ids=[
        "refused by the cluster",
        "never sent",
        "cancelled before it was sent",
        "cancelled while it waited for its turn",
        "cancelled while it looked",
        "an update",
        "a deletion",
    ],
)
def test_what_was_answered_or_can_be_asked_again_is_not(tmp_path: Path, operation: str, message: str) -> None:
    log = _log(tmp_path, _error(message, "urn:a"), _error("EOF", "urn:b"), _failed(operation, "urn:a"))

    assert events.unanswered_creations(log) == []


def test_what_was_created_and_did_not_become_ready_was_answered(tmp_path: Path) -> None:
    unready = _error('Failed to pull image "a": unexpected EOF', "urn:a")

    assert events.unanswered_creations(_log(tmp_path, unready, _failed("create", "urn:a", status=1))) == []
