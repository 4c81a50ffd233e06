"""The load on servers: what tools are asked, what their answers mean, what rounds amount to."""

import base64
import os
from pathlib import Path
from typing import Any

import pytest

from bench.errors import BenchError
from bench.site import candidates, tools, usage
from bench.site.candidates import CPU_SHARE
from bench.site.figures import Memory, Pace, Round, figures
from bench.site.tools import Latency

_H2LOAD = """\
finished in 1.23s, 3251.50 req/s, 1.56MB/s
requests: 4000 total, 4000 started, 4000 done, 4000 succeeded, {failed} failed, 0 errored, 0 timeout
"""
_S_TIME = "77 connections in 0.1s; 770.00 connections/user sec, bytes read 0\n77 connections in {0} real seconds, 0"
_SPEED = {
    "rsa": "                  sign    verify    sign/s verify/s\nrsa 2048 bits 0.000247s 0.000016s   4042.5  62400.0\n",
    "ecdsa": "  sign  verify  sign/s verify/s\n 256 bits ecdsa (nistp256)   0.0000s   0.0001s  48780.0  16551.4\n",
    "x25519": "                              op      op/s\n 253 bits ecdh (X25519)   0.0000s  31548.6\n",
}


_MEMORY = Memory(at_rest=3 << 20, each_connection=2048)


def _round(server: str, key: str = "ec", **changes: Any) -> Round:
    whole: dict[str, Any] = {
        "server": server, "key": key,
        "new": Pace(rate=400, cost=CPU_SHARE / 400), "resumed": Pace(rate=900, cost=0.001),
        "requests": {("h1", size): Pace(rate=1000, cost=0.0001) for size in candidates.SIZES.values()},
        "latency": Latency(p50=1, p99=2),
    }  # fmt: skip
    return Round(**{**whole, **changes})


def test_connections_are_verified_and_only_resumed_ones_fetch_something() -> None:
    new = tools.connections("10.0.0.1:443", Path("ca.crt"), 3, "new")
    reused = tools.connections("10.0.0.1:443", Path("ca.crt"), 3, "reuse")

    assert "-new" in new
    assert "-www" not in new
    assert new[new.index("-CAfile") + 1] == "ca.crt"
    assert reused[-2:] == ["-www", "/0.txt"]


def test_connections_of_all_at_once_add_up() -> None:
    assert tools.connection_rate([_S_TIME.format(3), _S_TIME.format(1)]) == 77 / 3 + 77


@pytest.mark.parametrize("output", ["", f"verify error:num=18\n{_S_TIME.format(1)}"])
def test_an_unverified_connection_is_no_measurement(output: str) -> None:
    with pytest.raises(BenchError, match="openssl s_time"):
        tools.connection_rate([output])


def test_connections_of_all_at_once_are_counted() -> None:
    assert tools.connections_made([_S_TIME.format(3), _S_TIME.format(1)]) == 154


def test_requests_of_both_protocols_are_equally_many_at_once() -> None:
    first, second = (tools.requests("https://a/", protocol, 4000) for protocol in ("h1", "h2"))

    assert first[first.index("-c") + 1] == "16"
    assert int(second[second.index("-c") + 1]) * int(second[second.index("-m") + 1]) == 16


def test_a_request_rate_is_read_when_all_requests_were_answered() -> None:
    assert tools.request_rate(_H2LOAD.format(failed=0)) == 3251.5


@pytest.mark.parametrize("output", [_H2LOAD.format(failed=1), "starting benchmark...", ""])
def test_a_lost_request_is_no_measurement(output: str) -> None:
    with pytest.raises(BenchError, match="did not get all its answers"):
        tools.request_rate(output)


def test_latency_is_read_from_the_log_in_milliseconds() -> None:
    log = "".join(f"1\t200\t{number * 1000}\n" for number in range(1, 101))

    assert tools.latency(log) == Latency(p50=50, p99=99)


@pytest.mark.parametrize(("log", "status"), [("", "none"), ("1\t200\t5\n1\t404\t5\n", "404")])
def test_another_status_is_no_measurement(log: str, status: str) -> None:
    with pytest.raises(BenchError, match=f"status {status}"):
        tools.latency(log)


@pytest.mark.parametrize(("name", "rate"), [("rsa", 4042.5), ("ecdsa", 48780.0), ("x25519", 31548.6)])
def test_operations_a_second_are_read(name: str, rate: float) -> None:
    assert tools.operations(_SPEED[name]) == rate


def test_openssl_that_says_nothing_is_no_measurement() -> None:
    with pytest.raises(BenchError, match="nothing of use"):
        tools.operations("unknown algorithm\n")


def test_steady_requests_are_a_hundred_a_second() -> None:
    command = tools.steady_requests("https://a/", 4, Path("log"))

    assert int(command[command.index("-c") + 1]) * 25 == 100
    assert "--rps=25" in command


def test_equal_pods_have_unequal_configurations_and_keys() -> None:
    listed = [candidates.objects(each, "node", "CERT", "KEY") for each in candidates.everyone()]
    containers = [pod["spec"]["containers"][0] for *_, pod in listed]

    assert {str(container["resources"]) for container in containers} == {str(containers[0]["resources"])}
    assert len({str(conf["data"]) for conf, *_ in listed}) == 3
    assert listed[0][1]["stringData"] == {"tls.crt": "CERT", "tls.key": "KEY"}


def test_pages_have_their_sizes() -> None:
    pages = candidates.pages()["binaryData"]

    assert {len(base64.b64decode(text)) for text in pages.values()} == set(candidates.SIZES.values())


def test_only_nginx_of_the_pod_counts_for_what_it_uses(tmp_path: Path) -> None:
    for name, group, command, kilobytes in (
        ("1", "/pod-x", "nginx", 100), ("2", "/pod-x", "pause", 1000), ("3", "/pod-y", "nginx", 1000),
        ("4", "/pod-x", "nginx", 20),
    ):  # fmt: skip
        (tmp_path / name).mkdir()
        (tmp_path / name / "cgroup").write_text(f"3:cpu:{group}\n")
        (tmp_path / name / "comm").write_text(f"{command}\n")
        (tmp_path / name / "stat").write_text(f"{name} (a) b) S {' '.join(['0'] * 10)} 10 5 0 0")
        (tmp_path / name / "smaps_rollup").write_text(f"Rss: 9 kB\nPss:  {kilobytes} kB\nPss_Anon: 1 kB\n")
    (tmp_path / "gone").mkdir()

    assert usage.memory("pod-x", tmp_path.iterdir()) == 120 * 1024
    assert usage.processor_seconds("pod-x", tmp_path.iterdir()) == 2 * 15 / os.sysconf("SC_CLK_TCK")


def test_rounds_become_figures_against_the_others_and_against_what_openssl_says() -> None:
    rounds = [
        _round(candidates.OURS, requests={**_round("").requests, ("h2", 0): Pace(rate=5, cost=0.2)}),
        _round(candidates.TUTORIAL, key="rsa:2048", new=Pace(rate=100, cost=CPU_SHARE / 200)),
    ]
    operations = {"ecdsap256": (4000.0,), "rsa2048": (1000.0,), "ecdhx25519": (4000.0,)}

    found = {figure.name: figure for figure in figures(rounds, {candidates.OURS: _MEMORY}, operations)}

    against = found["This project against the others: tutorials, new connections a second"]
    assert (against.median, against.met) == (4.0, True)
    by_cost = found["This project against the others: tutorials, new connections for a second of processor"]
    assert by_cost.median == 2
    assert found["Requests over kept connections, HTTP/2: this project, 0 KB"].median == 5.0
    assert found["The server's own processor time: this project, request, HTTP/2, 0 KB"].median == 200
    assert "Requests over kept connections, HTTP/2: tutorials, 0 KB" not in found
    assert found["Memory of a fresh server: this project, at rest"].median == 3
    assert found["Memory of a fresh server: this project, each idle connection"].median == 2
    speed = "New connections against `openssl speed`, each for a second of processor"
    signed = found[f"{speed}: this project, of the signatures"]
    assert (signed.median, signed.met) == (0.4, False)
    both = found[f"{speed}: this project, of signature and key agreement"]
    assert both.median == pytest.approx(400 / (1 / (1 / 1000 + 1 / 500)))
    assert found[f"{speed}: tutorials, of the signatures"].goal is None


def test_other_servers_than_the_tutorials_set_no_goal() -> None:
    rounds = [_round(candidates.OURS), _round(candidates.DISTRIBUTION, key="rsa:2048")]
    operations = {"ecdsap256": (4000.0,), "rsa2048": (1000.0,), "ecdhx25519": (4000.0,)}

    against = [each for each in figures(rounds, {}, operations) if each.table == "This project against the others"]

    assert against
    assert {each.goal for each in against} == {None}
