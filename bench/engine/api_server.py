"""The lab's API server, killed and started again, and how long the cluster sleeps after that.

Whoever watches the API server asks again after pauses that double: the last of them are 30 to 60 seconds long, and only
two minutes without one make them short again (`NewReflector` of client-go). So an API server that answers may find
controllers, the scheduler and both kubelets asleep. No flag sets these pauses. Sleeping on the leases of the nodes, the
controller manager may also call nodes unknown and taint them, when 50 seconds have gone by since it saw the last one.
"""

import json
import os
import secrets
import signal
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from lab import cluster, daemons, nodes, topology
from lab.images import CURL
from lab.progress import say

from ..errors import BenchError

ANSWERS_WITHIN = 60.0
ACTS_WITHIN = 300.0

_LOOK_EVERY = 0.5
_KINDS = "deployments.apps,jobs.batch"
_PORT = 8080
_SERVE = f"echo there > /tmp/index.html; exec busybox httpd -f -p {_PORT} -h /tmp"
_ASK = "exec curl --silent --fail --max-time 2 --retry 1000 --retry-delay 1 --retry-all-errors"
_NAMESPACE = "default"
"""A new namespace could not do: the controller that makes its pods' service account sleeps as well, and who waits for
that has pauses of its own."""


@contextmanager
def down() -> Iterator[None]:
    """Kill the API server, and start it again when the context ends, in whatever way it does.

    Raises:
        BenchError: It does not answer again.
    """
    server = nodes.daemon(topology.CONTROL_PLANE, "kube-apiserver")
    if (pid := server.pid) is None:
        raise BenchError("the API server does not run")
    os.kill(pid, signal.SIGKILL)
    try:
        yield
    finally:
        while server.pid == pid:
            time.sleep(0.01)
        until_it_answers()


def until_it_answers(patience: float = ANSWERS_WITHIN) -> None:
    """Start the API server if it does not run, and wait for it.

    Raises:
        BenchError: It took too long.
    """
    server = nodes.daemon(topology.CONTROL_PLANE, "kube-apiserver")
    deadline = time.monotonic() + patience
    while not cluster.is_running():
        # One that is started too early, too: the port of a killed one is free a moment after its death.
        if server.pid is None:
            daemons.start(topology.CONTROL_PLANE, "kube-apiserver")
        if time.monotonic() > deadline:
            raise BenchError(f"the API server does not answer after {patience:.0f} s")
        time.sleep(0.2)


def until_the_cluster_acts(patience: float = ACTS_WITHIN) -> float:
    """Wait until the cluster brings two pods of a Deployment up, and a Job gets answers from them through a Service.

    Returns:
        For how many seconds the API server had to be answering before that.

    Raises:
        BenchError: It took too long.
    """
    name = f"bench-{secrets.token_hex(4)}"
    began = time.monotonic()
    cluster.kubectl("create", f"--namespace={_NAMESPACE}", "--filename=-", text=json.dumps(something_to_do(name)))
    try:
        while not is_done(_looked_up(name)):
            if time.monotonic() - began > patience:
                raise BenchError(f"the cluster does not act, {patience:.0f} s after its API server was back")
            time.sleep(_LOOK_EVERY)
        seconds = time.monotonic() - began
    finally:
        kinds = "deployments.apps,jobs.batch,services"
        cluster.kubectl("delete", kinds, f"--selector=app={name}", f"--namespace={_NAMESPACE}", "--wait=false")
    say(f"the cluster acts again after {seconds:.1f} s")
    return seconds


def something_to_do(name: str) -> Mapping[str, Any]:
    """A Deployment, a Service and a Job, which need all that a site needs: controllers, kubelets, DNS, kube-proxy.

    One server and one client are on each node; the clients ask by the Service's name until they get an answer.
    """
    labels = {"app": name}

    def pods(role: str, command: str, **more: Any) -> Mapping[str, Any]:
        own = {**labels, "role": role}
        spread = {
            "maxSkew": 1,
            "topologyKey": "kubernetes.io/hostname",
            "whenUnsatisfiable": "DoNotSchedule",
            "labelSelector": {"matchLabels": own},
        }
        spec = {
            "automountServiceAccountToken": False,
            "terminationGracePeriodSeconds": 0,
            "topologySpreadConstraints": [spread],
            "containers": [{"name": role, "image": CURL.reference, "command": ["sh", "-c", command]}],
            **more,
        }
        return {"metadata": {"labels": own}, "spec": spec}

    servers = {
        "replicas": 2,
        "selector": {"matchLabels": {**labels, "role": "server"}},
        "template": pods("server", _SERVE),
    }
    service = {"selector": {**labels, "role": "server"}, "ports": [{"port": _PORT}]}
    job = {
        "completions": 2,
        "parallelism": 2,
        "template": pods("client", f"{_ASK} http://{name}:{_PORT}/", restartPolicy="Never"),
    }
    metadata = {"name": name, "labels": labels}
    return {
        "apiVersion": "v1",
        "kind": "List",
        "items": [
            {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": servers},
            {"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": service},
            {"apiVersion": "batch/v1", "kind": "Job", "metadata": metadata, "spec": job},
        ],
    }


def is_done(items: Iterable[Mapping[str, Any]]) -> bool:
    """Tell whether the pods of the Deployment are available, and all of the Job have got their answers."""
    available = succeeded = 0
    for item in items:
        available += item.get("status", {}).get("availableReplicas", 0)
        succeeded += item.get("status", {}).get("succeeded", 0)
    return available >= 2 and succeeded >= 2


def _looked_up(name: str) -> list[Mapping[str, Any]]:
    text = cluster.kubectl("get", _KINDS, f"--selector=app={name}", f"--namespace={_NAMESPACE}", "--output=json")
    items: list[Mapping[str, Any]] = json.loads(text)["items"]
    return items
