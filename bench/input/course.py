"""The course of the measurement: wrong configurations for the program, wrong messages and idle crowds for a site."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from components import POD_HTTPS_PORT
from lab import topology
from lab.progress import say

from ..errors import BenchError
from ..figures import Figure, Measured
from ..loss.load import Load
from ..loss.site import Site
from ..loss.tally import Event, losses
from ..site import usage
from ..stack import FOLDER, BenchStack
from . import configurations, figures
from .figures import Crowd

NAME = "bench-input"
ROOT = Path(__file__).resolve().parents[2]
SEED = 20260102
SOON = 2
"""Seconds after which the crowd is looked at. After ten, nginx sends away who has said nothing."""


def measure(settings: int, messages: int) -> Measured:
    """Try bad input.

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
    notes = (
        "The configurations are those of the project's stacks and scenarios with one to three things changed. Messages "
        "are sent to the site's Service while healthy clients ask 300 times a second; memory and connections are those "
        f"of its two pods together, with the crowd {SOON} seconds after its last connection was opened.",
    )
    return Measured(figures=tuple(found), notes=notes)


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
    crowds: list[Crowd] = []
    with load.running():
        events = [
            _happen(
                "malformed messages",
                lambda: outcomes.update(_send(site.stack.fqdn, address, authorities, messages)),
            ),
            _happen("a crowd of idle connections", lambda: crowds.append(_crowd(address, before))),
        ]
    costs = losses(load.report(), events)
    after = site.pods()
    return [
        *figures.of_messages(outcomes),
        *figures.of_crowd(crowds[0]),
        *figures.of_healthy(costs),
        *figures.of_pods(before, after, (at_first, crowds[0].memory, _memory(after))),
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


def _crowd(address: str, pods: Sequence[Mapping[str, Any]]) -> Crowd:
    """Open a crowd of idle connections, and look at the pods before they are sent away."""
    holder = subprocess.Popen(
        _on_the_node("bench.input.flood", address, str(figures.CROWD)),
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        opened = holder.stdout.readline() if holder.stdout else ""
        time.sleep(SOON)
        held, memory = _connections(pods), _memory(pods)
    finally:
        holder.communicate()
    if not opened:
        raise BenchError(f"the crowd could not be opened: exit code {holder.returncode}")
    return Crowd(opened=int(opened), held=held, memory=memory)


def _on_the_node(module: str, *arguments: str) -> list[str]:
    return ["nsenter", f"--net=/run/netns/{topology.CONTROL_PLANE.name}", sys.executable, "-m", module, *arguments]


def _memory(pods: Sequence[Mapping[str, Any]]) -> int:
    return sum(usage.memory(pod["metadata"]["uid"], Path("/proc").iterdir()) for pod in pods)


def _connections(pods: Sequence[Mapping[str, Any]]) -> int:
    return sum(usage.connections(pod["metadata"]["uid"], POD_HTTPS_PORT, Path("/proc").iterdir()) for pod in pods)
