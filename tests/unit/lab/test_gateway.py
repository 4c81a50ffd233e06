"""The proxy into the lab: what keeps it from starting is told, and none is left behind."""

import os
import signal
import socket
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest

from lab import cluster, gateway, nodes, paths, topology
from lab.processes import Daemon
from tests.unit.lab.processes_that_begin import soon


def test_what_keeps_it_from_starting_goes_to_its_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[Sequence[str]] = []
    monkeypatch.setattr(paths, "CONFIG", tmp_path)
    monkeypatch.setattr(Daemon, "start", lambda _, command: started.append(command))

    gateway.start()

    assert started == [["haproxy", "-db", "-f", str(tmp_path / "haproxy.cfg")]]


@pytest.mark.parametrize("shared", [False, True], ids=["another program", "another proxy of the same user"])
def test_where_another_program_listens_is_told_once_for_each_port(
    monkeypatch: pytest.MonkeyPatch, shared: bool
) -> None:
    with socket.create_server(("", 0), reuse_port=shared) as other:
        port = other.getsockname()[1]
        monkeypatch.setattr(topology, "API_PORT", port)
        monkeypatch.setattr(gateway, "LOAD_BALANCER_PORTS", (port,))

        taken = gateway.taken()

    reason = "Address already in use"
    assert taken == ([] if shared else [f"127.89.0.11:{port} ({reason})", f"127.89.0.200:{port} ({reason})"])


@pytest.fixture
def ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list["subprocess.Popen[bytes]"]]:
    """Two proxies of this lab, whose folder was removed since; programs that only sleep play them."""
    for name in ("CLUSTER", "KUBECONFIG", "RUN"):
        monkeypatch.setattr(paths, name, tmp_path / name)
    # Other tests may end what has their command line, at the same time.
    command = ["sleep", f"61.{os.getpid()}"]
    monkeypatch.setattr(gateway, "_command", lambda: command)
    with ExitStack() as ended:
        started = [subprocess.Popen(command) for _ in range(2)]
        for each in started:
            ended.callback(each.wait)
            ended.callback(each.kill)
        assert soon(lambda: sorted(gateway.pids()) == sorted(each.pid for each in started))
        yield started


def test_a_proxy_is_ended_though_its_pid_file_went_with_the_labs_folder(
    monkeypatch: pytest.MonkeyPatch, ours: list["subprocess.Popen[bytes]"]
) -> None:
    monkeypatch.setattr(nodes, "destroy", lambda: None)
    with subprocess.Popen(["/bin/sleep", f"61.{os.getpid()}"]) as stranger:
        assert sorted(gateway.pids()) == sorted(each.pid for each in ours)

        cluster.stop()

        assert [each.wait(timeout=10) for each in ours] == [-signal.SIGKILL] * 2
        assert stranger.poll() is None
        stranger.kill()


def test_a_proxy_that_still_runs_is_left_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ours: list["subprocess.Popen[bytes]"]
) -> None:
    monkeypatch.setattr(nodes, "CGROUPS", tmp_path)

    assert {f"process {each.pid} (haproxy)" for each in ours} <= set(nodes.leftovers())
