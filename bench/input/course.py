"""The course of the measurement: wrong configurations for the program, wrong messages and idle crowds for a site."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from lab import topology
from lab.progress import say

from ..errors import BenchError
from ..figures import Figure, Goal
from ..loss.load import Load
from ..loss.site import Site
from ..loss.tally import Event, Loss, losses
from ..site import usage
from ..stack import FOLDER, BenchStack
from . import configurations

NAME = "bench-input"
ROOT = Path(__file__).resolve().parents[2]
SEED = 20260102
CROWD = 5000
_MOST_MEMORY = 128
_NOTHING = Goal(direction="at most", limit=0)


def measure(settings: int, messages: int) -> tuple[tuple[Figure, ...], tuple[str, ...]]:
    """Try bad input and return the figures and notes.

    Args:
        settings: How many wrong configurations.
        messages: How many malformed messages.
    """
    found = list(configurations.figures(configurations.tried(settings, configurations.real())))
    site = Site(BenchStack(NAME))
    try:
        site.up()
        found += _under_load(site, messages)
    finally:
        site.stack.destroy()
    return tuple(found), (
        "The configurations are those of the project's stacks and scenarios with one to three things changed. Messages "
        "are sent to the site's Service while healthy clients ask 300 times a second; memory is that of its two pods "
        "together.",
    )


def _under_load(site: Site, messages: int) -> list[Figure]:
    work = FOLDER / NAME / "load"
    work.mkdir(parents=True, exist_ok=True)
    outputs = site.stack.outputs()
    address, authorities = f"{outputs['clusterIp']}:443", work / "site.crt"
    authorities.write_text(outputs["caCertificate"])
    load = Load(site.stack.fqdn, address, outputs["caCertificate"], topology.CONTROL_PLANE.name, work)
    before = site.pods()
    at_first = _memory(before)
    outcomes: dict[str, int] = {}
    crowd: list[tuple[int, int]] = []
    with load.running():
        events = [
            _happen(
                "malformed messages",
                lambda: outcomes.update(_send(site.stack.fqdn, address, authorities, messages)),
            ),
            _happen("a crowd of idle connections", lambda: crowd.append(_crowd(address, before))),
        ]
    costs = losses(load.report(), events)
    after = site.pods()
    return [
        *_of_messages(outcomes),
        *_of_healthy(costs, crowd[0][0]),
        *_of_pods(before, after, (at_first, crowd[0][1], _memory(after))),
    ]


def _happen(name: str, do: Callable[[], None]) -> Event:
    began = time.time()
    do()
    time.sleep(3)
    say(f"{name}: {time.time() - began:.0f} s")
    return Event(name=name, planned=True, began=began, ended=time.time())


def _send(host: str, address: str, authorities: Path, messages: int) -> dict[str, int]:
    done = subprocess.run(
        _on_the_node("bench.input.sender", host, address, str(authorities), str(messages), str(SEED)),
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise BenchError(f"the malformed messages could not be sent: exit code {done.returncode}")
    outcomes: dict[str, int] = json.loads(done.stdout)
    return outcomes


def _crowd(address: str, pods: Sequence[Mapping[str, Any]]) -> tuple[int, int]:
    """Hold a crowd of idle connections for some seconds; return how many there were, and the memory of pods then."""
    holder = subprocess.Popen(
        _on_the_node("bench.input.flood", address, str(CROWD)),
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        opened = holder.stdout.readline() if holder.stdout else ""
        time.sleep(15)
        held = _memory(pods)
    finally:
        holder.communicate()
    return int(opened), held


def _on_the_node(module: str, *arguments: str) -> list[str]:
    return ["nsenter", f"--net=/run/netns/{topology.CONTROL_PLANE.name}", sys.executable, "-m", module, *arguments]


def _memory(pods: Sequence[Mapping[str, Any]]) -> int:
    return sum(usage.memory(pod["metadata"]["uid"], Path("/proc").iterdir()) for pod in pods)


def _figure(subject: str, quantity: str, value: float, **more: Any) -> Figure:
    whole = {
        "table": "A site under bad input",
        "subject": subject,
        "quantity": quantity,
        "unit": "",
        "values": (value,),
    }
    return Figure(**{**whole, **more})


def _of_messages(outcomes: Mapping[str, int]) -> Iterator[Figure]:
    late = sum(number for outcome, number in outcomes.items() if outcome.endswith("not taken in time"))
    taken = "; ".join(f"{outcome} {number}" for outcome, number in sorted(outcomes.items()))
    yield _figure(
        "malformed messages", "sent", sum(outcomes.values()), goal=Goal(direction="at least", limit=1000), note=taken
    )
    yield _figure("malformed messages", "neither refused nor ended in 20 s", late, goal=_NOTHING)


def _of_healthy(costs: Sequence[Loss], crowd: int) -> Iterator[Figure]:
    yield _figure("a crowd of idle connections", "opened", crowd)
    for cost in costs:
        subject = f"healthy clients, {cost.event.name}"
        yield _figure(subject, "requests", cost.requests)
        yield _figure(subject, "failed", cost.failed, goal=_NOTHING, note="; ".join(cost.reasons))


def _of_pods(
    before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]], held: tuple[int, int, int]
) -> Iterator[Figure]:
    same = {pod["metadata"]["uid"] for pod in before} == {pod["metadata"]["uid"] for pod in after}
    restarts = sum(status["restartCount"] for pod in after for status in pod["status"]["containerStatuses"])
    limit = Goal(direction="at most", limit=len(after) * _MOST_MEMORY)
    yield _figure("nginx", "restarts", restarts + (not same), goal=_NOTHING)
    for quantity, size in zip(("memory before", "memory with the crowd", "memory afterwards"), held, strict=True):
        yield _figure("nginx", quantity, size / (1 << 20), goal=limit, unit="MiB")
