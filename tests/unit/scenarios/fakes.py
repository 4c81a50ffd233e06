"""A deployed site that is made up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from scenarios.commands import Answer
from scenarios.model import Fetch

OUTPUTS: Mapping[str, Any] = {
    "probe": "verified",
    "fqdn": "my-nginx.shop.svc.cluster.local",
    "clusterIp": "10.96.0.7",
    "ports": {"https": 443, "http": 80},
}
SERVICE: Mapping[str, Any] = {
    "metadata": {"uid": "service-1"},
    "spec": {"type": "NodePort", "clusterIP": "10.96.0.7", "ports": [{"name": "https", "nodePort": 30443}]},
}


def pod(number: int, node: str = "node-1", *, ready: bool = True) -> dict[str, Any]:
    """A pod of the site."""
    return {
        "metadata": {"name": f"pod-{number}", "uid": f"uid-{number}"},
        "spec": {"nodeName": node},
        "status": {"podIP": f"10.90.0.{number}", "conditions": [{"type": "Ready", "status": str(ready)}]},
    }


@dataclass
class FakeSite:
    """What a test says that there is.

    Attributes:
        seen: The outputs.
        kinds: Objects by kind.
        running: The pods.
        answer: The answer to every command in a pod.
        pages: The answers from outside, by address.
        asked: The commands that were run in pods, in order.
    """

    seen: Mapping[str, Any] = field(default_factory=lambda: OUTPUTS)
    kinds: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=lambda: {"service/my-nginx": [SERVICE]})
    running: Sequence[Mapping[str, Any]] = (pod(1), pod(2, "node-2"))
    answer: Answer = field(default_factory=lambda: Answer(code=0))
    pages: Mapping[str, Answer] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def outputs(self) -> Mapping[str, Any]:
        return self.seen

    def objects(self, kind: str) -> Sequence[Mapping[str, Any]]:
        return self.kinds.get(kind, [])

    def pods(self) -> Sequence[Mapping[str, Any]]:
        return self.running

    def inside(self, pod: str, command: str) -> Answer:
        self.asked.append(f"{pod}: {command}")
        return self.answer

    def client(self, command: str) -> Answer:
        return self.inside("client", command)

    def outside(self, fetch: Fetch) -> Mapping[str, Answer]:
        del fetch
        return self.pages
