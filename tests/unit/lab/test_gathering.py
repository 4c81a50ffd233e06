"""The facts of a stack, from an engine and a cluster that only take note of what they are asked."""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from lab import gathering, paths
from lab.errors import LabError
from lab.stacks import Stack
from tests.unit.report import made

STATE: dict[str, Any] = {
    "deployment": {
        "resources": [
            {
                "urn": "urn:service",
                "type": "kubernetes:core/v1:Service",
                "id": f"{made.NAMESPACE}/my-nginx",
                "inputs": {"apiVersion": "v1", "kind": "Service", "metadata": {"namespace": made.NAMESPACE}},
            },
            {
                "urn": "urn:secret",
                "type": "kubernetes:core/v1:Secret",
                "id": f"{made.NAMESPACE}/my-nginx-tls",
                "inputs": {"apiVersion": "v1", "kind": "Secret", "metadata": {"namespace": made.NAMESPACE}},
            },
            {
                "urn": "urn:namespace",
                "type": "kubernetes:core/v1:Namespace",
                "id": made.NAMESPACE,
                "inputs": {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": made.NAMESPACE}},
            },
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
        return self.engine(["pulumi", *arguments])

    @staticmethod
    def engine(words: Sequence[str | Path]) -> str:
        return json.dumps(STATE if "export" in words else [made.update()])


class Cluster:
    """Answers instead of `run`, and takes note of the commands."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []
        self.refuses: tuple[str, ...] = ()
        self.words = "The connection was refused"
        self.jobs = [made.job("first", -1)]

    def run(self, command: Sequence[str | Path], **_: Any) -> str:
        words = [str(part) for part in command]
        self.asked.append(words)
        if any(word in words for word in self.refuses):
            raise LabError(f"`{words[0]}` failed with exit code 1:\n  {self.words}")
        if words[0] == "pulumi":
            return json.dumps(STATE if "export" in words else [made.update()])
        if "--no-headers" in words:
            kinds = words[words.index("get") + 1].split(",")
            return "\n".join(f"{kind}/my-nginx   Opaque   3   2d" for kind in kinds) + "\n\n"
        return "said" if "logs" in words else json.dumps({"items": [*self.jobs, made.pod("a")]})

    def stack(self, monkeypatch: pytest.MonkeyPatch, *, shared: bool) -> AskedStack:
        """A stack that was deployed from here, or from another machine that shares the state."""
        if shared:
            monkeypatch.setenv("PULUMI_BACKEND_URL", "s3://states")
            monkeypatch.setattr(AskedStack, "known", False)
        monkeypatch.setattr(AskedStack, "engine", self.run)
        return AskedStack("dev")


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


def test_what_else_a_state_holds_is_listed_by_name_alone(asked: Cluster) -> None:
    facts = gathering.gather(AskedStack("dev"), with_logs=False)

    inside = frozenset({"secret/my-nginx", "service/my-nginx"})
    assert {each.namespace: each.names for each in facts.listings} == {
        made.NAMESPACE: inside,
        "": frozenset({"namespace/my-nginx"}),
    }
    assert not any(each.refused for each in facts.listings)
    listed = [words for words in asked.asked if "--no-headers" in words]
    assert len(listed) == 2
    assert all("--request-timeout=5s" in words for words in listed)
    assert not [word for words in listed for word in words if word.startswith(("--output", "-o"))]
    assert [f"--namespace={made.NAMESPACE}" in words for words in listed if "namespace" in words] == [False]


def test_what_may_not_be_listed_hides_nothing_of_the_rest(asked: Cluster) -> None:
    asked.refuses, asked.words = ("secret,service", "secret"), "Error from server (Forbidden): secrets is forbidden"

    facts = gathering.gather(AskedStack("dev"), with_logs=False)

    inside = next(each for each in facts.listings if each.namespace)
    assert (inside.names, inside.refused) == (frozenset({"service/my-nginx"}), frozenset({"secret"}))
    assert facts.objects is not None


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


def test_a_cluster_that_no_file_leads_to_is_not_asked(asked: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(AskedStack, "kubectl", [])

    facts = gathering.gather(AskedStack("dev", "mine"), with_logs=True)

    assert facts.objects is None
    assert facts.silence.startswith("secure-nginx:kubeconfig is no path of a file but a text or a secret")
    assert {words[0] for words in asked.asked} <= {"pulumi"}


def test_the_kubeconfig_that_was_asked_with_is_known(asked: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(AskedStack, "kubectl", ["kubectl", "--kubeconfig=/its", "--context=mine"])

    assert gathering.gather(AskedStack("dev", "mine"), with_logs=True).kubeconfig == "/its"
    assert all(words[1:3] == ["--kubeconfig=/its", "--context=mine"] for words in asked.asked if "get" in words)


def test_a_stack_that_was_never_made_has_no_state(asked: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(AskedStack, "known", False)

    facts = gathering.gather(AskedStack("dev"), with_logs=True)

    assert (facts.state, facts.history, asked.asked) == (None, (), [])


def test_a_shared_state_is_asked_also_from_a_machine_that_never_deployed(
    asked: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(AskedStack, "known", False)
    monkeypatch.setenv("PULUMI_BACKEND_URL", "s3://states")

    assert gathering.gather(AskedStack("dev"), with_logs=False).state == STATE


@pytest.mark.parametrize("shared", [True, False])
def test_what_the_engine_does_not_know_is_not_deployed_and_has_no_history(
    asked: Cluster, monkeypatch: pytest.MonkeyPatch, *, shared: bool
) -> None:
    stack = asked.stack(monkeypatch, shared=shared)
    asked.refuses, asked.words = ("export",), "error: no stack named 'dev' found"

    facts = gathering.gather(stack, with_logs=False)

    assert (facts.state, facts.history) == (None, ())
    assert [words for words in asked.asked if "history" in words] == []


@pytest.mark.parametrize("shared", [True, False])
@pytest.mark.parametrize(
    "words",
    [
        "error: PULUMI_ACCESS_TOKEN must be set for login during non-interactive CLI sessions",
        "error: unable to open state directory",
        "dial tcp 192.0.2.1:443: connect: connection refused",
    ],
)
def test_a_state_that_cannot_be_read_is_not_called_undeployed(
    asked: Cluster, monkeypatch: pytest.MonkeyPatch, words: str, *, shared: bool
) -> None:
    stack = asked.stack(monkeypatch, shared=shared)
    asked.refuses, asked.words = ("export",), words

    with pytest.raises(LabError, match=re.escape(words)):
        gathering.gather(stack, with_logs=False)


@pytest.mark.parametrize("shared", [True, False])
def test_a_history_that_cannot_be_read_hides_no_failure(
    asked: Cluster, monkeypatch: pytest.MonkeyPatch, *, shared: bool
) -> None:
    stack = asked.stack(monkeypatch, shared=shared)
    asked.refuses = ("history",)

    with pytest.raises(LabError, match="connection was refused"):
        gathering.gather(stack, with_logs=False)


def test_a_kubectl_that_is_not_there_is_a_silent_cluster(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(paths, "BIN", tmp_path)

    facts = gathering.gather(AskedStack("dev", "mine"), with_logs=True)

    assert (facts.state, facts.objects) == (STATE, None)
    assert facts.silence.startswith("kubectl is not there: install it")


def test_a_stack_that_does_not_exist_is_refused_with_the_known_ones(asked: Cluster) -> None:
    with pytest.raises(LabError, match="there is no stack 'nowhere'; these are: dev"):
        gathering.gather(AskedStack("nowhere"), with_logs=False)
    assert asked.asked == []
