"""The course of the measurement: each server in turn is loaded from the other node, some rounds."""

import json
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from lab import cluster, topology
from lab.progress import say
from lab.run import run

from ..errors import BenchError
from ..figures import Figure
from ..packages import need
from ..stack import FOLDER
from . import candidates, idle, tools, usage
from .candidates import Candidate
from .figures import Memory, Pace, Protocol, Round, figures

NAMESPACE = "bench-site"
_SERVERS, _CLIENTS = topology.NODES[1], topology.NODES[0]
_AT_ONCE = 4
_IDLE_CONNECTIONS = 200
_REQUESTS = 4000
_FEW_REQUESTS = 1000
_LARGE = 50_000
_WORK = FOLDER / "site"


@dataclass(frozen=True, kw_only=True)
class Running:
    """A server that runs.

    Attributes:
        candidate: What it is.
        address: Address of its pod.
        uid: UID of its pod.
        authority: File with the certificate by which it is verified.
    """

    candidate: Candidate
    address: str
    uid: str
    authority: Path

    def url(self, size: int) -> str:
        """Where the page with so many bytes is."""
        return f"https://{self.address}:{self.candidate.port}/{candidates.page(size)}"


def measure(runs: int, seconds: int) -> tuple[tuple[Figure, ...], tuple[str, ...]]:
    """Load every server and return the figures and notes.

    Args:
        runs: How often each goes through everything.
        seconds: How long each load lasts.
    """
    need({"h2load": "nghttp2-client", "openssl": "openssl"})
    _WORK.mkdir(parents=True, exist_ok=True)
    signatures = {name: _speed(name, runs) for name in (*tools.SIGNING.values(), "ecdhx25519")}
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}}
    try:
        _apply([namespace])
        _apply([candidates.pages()])
        servers = [_start(candidate) for candidate in candidates.everyone()]
        memories = {server.candidate.title: _memory(server) for server in servers}
        rounds = [_round(server, number, seconds) for number in range(1, runs + 1) for server in servers]
    finally:
        cluster.kubectl("delete", "namespace", NAMESPACE, "--ignore-not-found")
    version = run(["openssl", "version"]).split("(")[0].strip()
    notes = (
        f"Every server has the CPU limit {candidates.CPU_LIMIT} and runs on {_SERVERS.name}; the load comes from "
        f"{_CLIENTS.name}, on the same machine. Connections are made by {version}, {_AT_ONCE} at once, with "
        "certificates verified. `openssl speed` runs on the machine, outside of the limit; its figure is cut to the "
        "limit's share.",
    )
    return figures(rounds, memories, signatures), notes


def _start(candidate: Candidate) -> Running:
    authority, key = _WORK / f"{candidate.name}.crt", _WORK / f"{candidate.name}.key"
    run(
        [
            "openssl", "req", "-x509", "-nodes", "-days", "2", "-newkey", *candidate.key,
            "-subj", f"/CN={candidate.name}", "-addext", f"subjectAltName=DNS:{candidate.name}",
            "-keyout", key, "-out", authority,
        ]
    )  # fmt: skip
    _apply(candidates.objects(candidate, _SERVERS.name, authority.read_text(), key.read_text()))
    key.unlink()
    pod = f"pod/{candidate.name}"
    cluster.kubectl("wait", "--for=condition=Ready", pod, f"--namespace={NAMESPACE}", "--timeout=60s")
    found = json.loads(cluster.kubectl("get", pod, f"--namespace={NAMESPACE}", "--output=json"))
    uid = found["metadata"]["uid"]
    return Running(
        candidate=candidate,
        address=found["status"]["podIP"],
        uid=uid,
        authority=authority,
    )


def _memory(server: Running) -> Memory:
    before = usage.memory(server.uid, Path("/proc").iterdir())
    port = server.candidate.port
    with idle.connections(_CLIENTS.name, server.address, port, server.authority, _IDLE_CONNECTIONS):
        loaded = usage.memory(server.uid, Path("/proc").iterdir())
    return Memory(at_rest=before, each_connection=(loaded - before) / _IDLE_CONNECTIONS)


def _round(server: Running, number: int, seconds: int) -> Round:
    candidate = server.candidate
    new = _connections(server, seconds, "new")
    protocols: tuple[Protocol, ...] = ("h1", "h2") if candidate.http2 else ("h1",)
    resumed = _connections(server, seconds, "reuse")
    requests = {
        (protocol, size): _requests(server, protocol, size)
        for protocol in protocols
        for size in candidates.SIZES.values()
    }
    log = _WORK / "latency.log"
    log.unlink(missing_ok=True)
    _together(tools.steady_requests(server.url(10 << 10), 2 * seconds, log), at_once=1)
    latency = tools.latency(log.read_text())
    say(f"{candidate.title}, round {number}: {new.rate:.0f} new connections a second")
    time.sleep(1)
    return Round(
        server=candidate.title,
        key=candidate.key[0],
        new=new,
        resumed=resumed,
        requests=requests,
        latency=latency,
    )


def _connections(server: Running, seconds: int, kind: Literal["new", "reuse"]) -> Pace:
    command = tools.connections(f"{server.address}:{server.candidate.port}", server.authority, seconds, kind)
    before = _processor_seconds(server)
    outputs = _together(command)
    spent = _processor_seconds(server) - before
    return Pace(rate=tools.connection_rate(outputs), cost=spent / tools.connections_made(outputs))


def _requests(server: Running, protocol: Protocol, size: int) -> Pace:
    count = _FEW_REQUESTS if size > _LARGE else _REQUESTS
    before = _processor_seconds(server)
    (output,) = _together(tools.requests(server.url(size), protocol, count), at_once=1)
    spent = _processor_seconds(server) - before
    return Pace(rate=tools.request_rate(output), cost=spent / count)


def _processor_seconds(server: Running) -> float:
    return usage.processor_seconds(server.uid, Path("/proc").iterdir())


def _together(command: Sequence[str], at_once: int = _AT_ONCE) -> list[str]:
    """Run a command several times at once on the node of the clients, and return what each printed."""
    entered = ["nsenter", f"--net=/run/netns/{_CLIENTS.name}", *command]
    running = [
        subprocess.Popen(entered, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for _ in range(at_once)
    ]
    outputs = [process.communicate()[0] for process in running]
    for process, output in zip(running, outputs, strict=True):
        if process.returncode != 0:
            raise BenchError(f"`{' '.join(command)}` failed with exit code {process.returncode}:\n{output[-2000:]}")
    return outputs


def _speed(algorithm: str, runs: int) -> tuple[float, ...]:
    return tuple(tools.operations(run(tools.speed(algorithm))) for _ in range(runs))


def _apply(objects: Sequence[Any]) -> None:
    listing = {"apiVersion": "v1", "kind": "List", "items": list(objects)}
    where = [] if objects[0]["kind"] == "Namespace" else [f"--namespace={NAMESPACE}"]
    cluster.kubectl("apply", "--server-side", *where, "--filename=-", text=json.dumps(listing))
