"""The course of the measurement: each server in turn is loaded from the other node, some rounds."""

import json
import subprocess
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal

from lab import cluster, topology
from lab.progress import say
from lab.run import run

from ..errors import BenchError
from ..figures import Measured
from ..packages import need
from ..stack import FOLDER
from . import candidates, idle, tools, usage
from .candidates import Candidate
from .figures import Memory, Pace, Protocol, Round, Speed, figures

NAMESPACE = "bench-site"
_SERVERS, _CLIENTS = topology.NODES[1], topology.NODES[0]
_AT_ONCE = 4
_IDLE_CONNECTIONS = 200
REQUESTS = {0: 12_000, 1 << 10: 12_000, 10 << 10: 8_000, 100 << 10: 2_000}
"""How often a page is fetched over kept connections, by its bytes: for one to four seconds, beside which the handshakes
and the hundred milliseconds by which the CPU limit is dealt out are little."""

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


def measure(runs: int, seconds: int) -> Measured:
    """Load every server, a fresh one in each round.

    Args:
        runs: How often each goes through everything.
        seconds: How long each load lasts.
    """
    need({"h2load": "nghttp2-client", "openssl": "openssl"})
    _WORK.mkdir(parents=True, exist_ok=True)
    speeds: list[Speed] = []
    rounds: list[Round] = []
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}}
    try:
        _apply([namespace])
        _apply([candidates.pages()])
        for number in range(1, runs + 1):
            speeds.append({name: tools.operations(run(tools.speed(name))) for name in tools.SPEEDS})
            for candidate in candidates.everyone():
                with _fresh(candidate) as server:
                    rounds.append(_round(server, number, seconds))
    finally:
        cluster.kubectl("delete", "namespace", NAMESPACE, "--ignore-not-found")
    version = run(["openssl", "version"]).split("(")[0].strip()
    return Measured(figures=figures(rounds, speeds), notes=_notes(version))


def _notes(version: str) -> tuple[str, ...]:
    return (
        f"Every server has the CPU limit {candidates.CPU_LIMIT} and runs on {_SERVERS.name}, alone and freshly started "
        f"in each round; the load comes from {_CLIENTS.name}, on the same machine. Connections are made by {version}, "
        f"{_AT_ONCE} at once, with certificates verified; each fetches the page of 0 KB and ends.",
        f"`openssl speed` is what {version} does on the machine, outside of any limit. It is held against connections "
        "for a second of the server's own processor time, so that neither the limit nor what the clients take has a "
        "part in it; the servers have the OpenSSL of their image.",
        "Ratios are taken in each round.",
    )


@contextmanager
def _fresh(candidate: Candidate) -> Iterator[Running]:
    """A server that has just started, and ends with the context."""
    try:
        yield _start(candidate)
    finally:
        # It is not waited for: nginx ends at once, and its successor comes two servers later.
        pod = f"pod/{candidate.name}"
        cluster.kubectl("delete", pod, f"--namespace={NAMESPACE}", "--ignore-not-found", "--wait=false")


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
    memory = _memory(server)
    new = _connections(server, seconds, "new")
    resumed = _connections(server, seconds, "reuse")
    protocols: tuple[Protocol, ...] = ("h1", "h2") if candidate.http2 else ("h1",)
    requests = {(protocol, size): _requests(server, protocol, size) for protocol in protocols for size in REQUESTS}
    log = _WORK / "latency.log"
    log.unlink(missing_ok=True)
    _together(tools.steady_requests(server.url(10 << 10), 2 * seconds, log), at_once=1)
    latency = tools.latency(log.read_text())
    say(f"{candidate.title}, round {number}: {new.rate:.0f} new connections a second")
    return Round(
        server=candidate.title,
        key=candidate.key[0],
        memory=memory,
        new=new,
        resumed=resumed,
        requests=requests,
        latency=latency,
    )


def _connections(server: Running, seconds: int, kind: Literal["new", "reuse"]) -> Pace:
    command = tools.connections(f"{server.address}:{server.candidate.port}", server.authority, seconds, kind)
    before = _processor_seconds(server)
    outputs, lasted = _together(command)
    spent = _processor_seconds(server) - before
    made = tools.connections_made(outputs, kind)
    return Pace(rate=made / lasted, cost=spent / made)


def _requests(server: Running, protocol: Protocol, size: int) -> Pace:
    count = min(REQUESTS[size], tools.MOST_REQUESTS[protocol])
    times = REQUESTS[size] // count
    command = tools.requests(server.url(size), protocol, count)
    before = _processor_seconds(server)
    outputs = [output for _ in range(times) for output in _together(command, at_once=1)[0]]
    spent = _processor_seconds(server) - before
    lasted = sum(count / tools.request_rate(output) for output in outputs)
    return Pace(rate=times * count / lasted, cost=spent / (times * count))


def _processor_seconds(server: Running) -> float:
    return usage.processor_seconds(server.uid, Path("/proc").iterdir())


def _together(command: Sequence[str], at_once: int = _AT_ONCE) -> tuple[list[str], float]:
    """Run a command several times at once on the node of the clients.

    Returns:
        What each printed, and the seconds from the start of the first to the end of the last.
    """
    entered = ["nsenter", f"--net=/run/netns/{_CLIENTS.name}", *command]
    run_once = partial(subprocess.run, entered, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    began = time.monotonic()
    with ThreadPoolExecutor(at_once) as threads:
        running = [threads.submit(run_once) for _ in range(at_once)]
        ended = [each.result() for each in running]
    lasted = time.monotonic() - began
    # One behind the other: s_time prints a mark for each connection on its output, and what is wrong beside it.
    outputs = [f"{done.stdout}\n{done.stderr}" for done in ended]
    for done, output in zip(ended, outputs, strict=True):
        if done.returncode != 0:
            raise BenchError(f"`{' '.join(command)}` failed with exit code {done.returncode}:\n{output[-2000:]}")
    return outputs, lasted


def _apply(objects: Sequence[Any]) -> None:
    listing = {"apiVersion": "v1", "kind": "List", "items": list(objects)}
    where = [] if objects[0]["kind"] == "Namespace" else [f"--namespace={NAMESPACE}"]
    cluster.kubectl("apply", "--server-side", *where, "--filename=-", text=json.dumps(listing))
