"""The engine's log of events: what went wrong in an update, and what nobody knows the end of."""

import contextlib
import json
import re
from collections.abc import Iterator, Mapping, Set
from pathlib import Path
from typing import Any

ENVIRONMENT = {"PULUMI_DEBUG_COMMANDS": "true"}
"""The log of events is an option only with the commands for debugging."""

_CREATIONS = {"create", "create-replacement"}
_PARTIAL_FAILURE = 1
"""The status of what was created and did not become ready; the engine has it in the state."""
_NO_ANSWER = re.compile(
    r"\bEOF\b|connection reset by peer|transport is closing|client connection lost|sent GOAWAY"
    r"|use of closed network connection"
    r'|(?:\b(?:Post|Put|Patch) "[^"]*"|response body\. Please retry\. Original error): context canceled'
)
"""Words of gRPC and of Go's HTTP client for a server that was asked and went away before it answered, or whose answer
nobody waited for. What was cancelled before it was sent is not there: what has its name would be somebody else's."""


def option(log: Path) -> str:
    """The option that makes the engine write its log of events, to an absolute path."""
    return f"--event-log={log.absolute()}"


def errors(log: Path) -> Iterator[str]:
    """Yield what went wrong; nothing if the engine never came so far.

    The Kubernetes plugin tells in a warning why it cannot read or delete: the errors say only that it cannot.
    """
    return (message for _, message in _said(log, {"error", "warning"}))


def unanswered_creations(log: Path) -> list[Mapping[str, Any]]:
    """Return the resources that were asked for, and are there or not: nobody was left to say it.

    The engine takes such a creation for one that did not happen, and forgets it.

    Args:
        log: The log of events; it need not exist.

    Returns:
        Each with its URN, type, inputs (what is secret among them is masked), parent and provider.
    """
    lost = {urn for urn, message in _said(log, {"error"}) if _NO_ANSWER.search(message)}
    failed = [event["resOpFailedEvent"] for event in _events(log) if "resOpFailedEvent" in event]
    asked = [event["metadata"] for event in failed if event["status"] != _PARTIAL_FAILURE]
    return [each["new"] for each in asked if each["op"] in _CREATIONS and each["urn"] in lost]


def _said(log: Path, severities: Set[str]) -> Iterator[tuple[str, str]]:
    for event in _events(log):
        diagnostic = event.get("diagnosticEvent", {})
        if diagnostic.get("severity") in severities:
            yield diagnostic.get("urn", ""), diagnostic["message"]


def _events(log: Path) -> Iterator[Mapping[str, Any]]:
    if not log.exists():
        return
    for line in log.read_text(errors="replace").split("\n"):
        # A killed engine leaves half a line, its last.
        with contextlib.suppress(ValueError):
            yield json.loads(line)
