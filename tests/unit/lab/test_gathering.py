"""The facts of a stack, from an engine and a cluster that only take note of what they are asked."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from lab import gathering
from lab.errors import LabError
from lab.stacks import Stack
from tests.unit.report import made

STATE: dict[str, Any] = {
    "deployment": {
        "resources": [
            {
                "urn": "urn:service",
                "type": "kubernetes:core/v1:Service",
                "inputs": {"metadata": {"namespace": made.NAMESPACE}},
            }
        ]
    }
}


class AskedStack(Stack):
    """A stack whose engine answers from a table."""

    known = True

    def exists(self) -> bool:
        return self.known

    def pulumi(self, *arguments: str, text: str | None = None) -> str:
        del text
        return json.dumps(STATE if "export" in arguments else [made.update()])


class Cluster:
    """Answers instead of `run`, and takes note of the commands."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []
        self.refuses: tuple[str, ...] = ()
        self.jobs = [made.job("first", -1)]

    def run(self, command: Sequence[str | Path], **_: Any) -> str:
        words = [str(part) for part in command]
        self.asked.append(words)
        if any(word in words for word in self.refuses):
            raise LabError("`kubectl` failed with exit code 1:\n  The connection was refused")
        if words[0] == "pulumi":
            return json.dumps(STATE if "export" in words else [made.update()])
        return "said" if "logs" in words else json.dumps({"items": [*self.jobs, made.pod("a")]})


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Cluster:
    answering = Cluster()
    monkeypatch.setattr(gathering, "run", answering.run)
    monkeypatch.delenv("PULUMI_BACKEND_URL", raising=False)
    return answering


def test_state_history_objects_and_logs_are_gathered(asked: Cluster) -> None:
    facts = gathering.gather(AskedStack("dev"), with_logs=True)

    assert facts.state == STATE
    assert [update["kind"] for update in facts.history] == ["update"]
    assert [each["kind"] for each in facts.objects or ()] == ["Job", "Pod"]
    assert facts.logs == {f"{made.NAMESPACE}/first": "said"}
    assert not {"apply", "create", "delete", "patch"} & {word for words in asked.asked for word in words}


def test_only_failures_are_read_where_nobody_reads_the_rest(asked: Cluster) -> None:
    assert gathering.gather(AskedStack("dev"), with_logs=False).logs == {}
    assert not [words for words in asked.asked if "logs" in words]

    asked.jobs = [made.job("red", -1, "Failed"), made.job("now", 0, "")]
    assert gathering.gather(AskedStack("dev"), with_logs=False).logs == {f"{made.NAMESPACE}/red": "said"}


def test_a_log_that_is_gone_is_empty(asked: Cluster) -> None:
    asked.refuses = ("logs",)

    assert gathering.gather(AskedStack("dev"), with_logs=True).logs == {f"{made.NAMESPACE}/first": ""}


def test_a_silent_cluster_is_noted_with_its_last_words(asked: Cluster) -> None:
    asked.refuses = ("get",)

    facts = gathering.gather(AskedStack("dev"), with_logs=True)

    assert facts.objects is None
    assert facts.silence == "The connection was refused"


def test_a_stack_that_was_never_made_has_no_state(asked: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(AskedStack, "known", False)

    facts = gathering.gather(AskedStack("dev"), with_logs=True)

    assert (facts.state, facts.history, asked.asked) == (None, [], [])


def test_a_shared_state_is_asked_also_from_a_machine_that_never_deployed(
    asked: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(AskedStack, "known", False)
    monkeypatch.setenv("PULUMI_BACKEND_URL", "s3://states")

    assert gathering.gather(AskedStack("dev"), with_logs=False).state == STATE

    asked.refuses = ("pulumi",)
    assert gathering.gather(AskedStack("dev"), with_logs=False).state is None


def test_a_stack_that_does_not_exist_is_refused_with_the_known_ones(asked: Cluster) -> None:
    with pytest.raises(LabError, match="there is no stack 'nowhere'; these are: dev"):
        gathering.gather(AskedStack("nowhere"), with_logs=False)
    assert asked.asked == []
