"""The load on servers: what tools are asked, what their answers mean, what rounds amount to."""

import base64
from pathlib import Path
from typing import Any, Literal

import pytest

from bench.errors import BenchError
from bench.figures import Figure
from bench.site import candidates, course, tools, usage
from bench.site.figures import Memory, Pace, Protocol, Round, figures
from bench.site.tools import Latency

_H2LOAD = """\
finished in 1.23s, 3251.50 req/s, 1.56MB/s
requests: 4000 total, 4000 started, 4000 done, 4000 succeeded, {failed} failed, 0 errored, 0 timeout
"""
_S_TIME = """\
starting
{marks}

5 connections in 0.1s; 770.00 connections/user sec, bytes read 0
5 connections in 4 real seconds, 0 bytes read per connection

s_time: verify depth is 3
"""
_SPEED = {
    "rsa": "                  sign    verify    sign/s verify/s\nrsa 2048 bits 0.000247s 0.000016s   4042.5  62400.0\n",
    "ecdsa": "  sign  verify  sign/s verify/s\n 256 bits ecdsa (nistp256)   0.0000s   0.0001s  48780.0  16551.4\n",
    "x25519": "                              op      op/s\n 253 bits ecdh (X25519)   0.0000s  31548.6\n",
}


_AGAINST = "This project against the others"
_OPERATIONS = {"ecdsap256": 4000.0, "rsa2048": 1000.0, "ecdhx25519": 4000.0}


def _round(server: str, key: str = "ec", **changes: Any) -> Round:
    whole: dict[str, Any] = {
        "server": server, "key": key, "memory": Memory(at_rest=3 << 20, each_connection=2048),
        "new": Pace(rate=400, cost=1 / 1600), "resumed": Pace(rate=900, cost=0.001),
        "requests": {("h1", size): Pace(rate=1000, cost=0.0001) for size in candidates.SIZES.values()},
        "latency": Latency(p50=1, p99=2),
    }  # fmt: skip
    return Round(**{**whole, **changes})


def _by_name(found: tuple[Figure, ...]) -> dict[str, Figure]:
    return {figure.name: figure for figure in found}


def test_connections_are_verified_and_new_and_resumed_ones_fetch_the_same() -> None:
    new = tools.connections("10.0.0.1:443", Path("ca.crt"), 3, "new")
    reused = tools.connections("10.0.0.1:443", Path("ca.crt"), 3, "reuse")

    assert new[new.index("-CAfile") + 1] == "ca.crt"
    assert new[-2:] == ["-www", "/0.txt"]
    assert [each for each in new if each != "-new"] == [each for each in reused if each != "-reuse"]


@pytest.mark.parametrize(("kind", "marks"), [("new", "*****"), ("reuse", "rrrrr")])
def test_connections_of_all_at_once_are_counted(kind: Literal["new", "reuse"], marks: str) -> None:
    assert tools.connections_made([_S_TIME.format(marks=marks), _S_TIME.format(marks=marks[:3])], kind) == 8


def test_one_connection_of_twenty_need_not_be_resumed() -> None:
    assert tools.connections_made([_S_TIME.format(marks="r" * 19 + "*")], "reuse") == 20


@pytest.mark.parametrize(
    ("kind", "marks"), [("reuse", "*****"), ("reuse", "r" * 18 + "**"), ("new", "****r"), ("reuse", ""), ("new", "")]
)
def test_connections_of_the_other_kind_are_no_measurement(kind: Literal["new", "reuse"], marks: str) -> None:
    with pytest.raises(BenchError, match="connections were resumed"):
        tools.connections_made([_S_TIME.format(marks=marks)], kind)


@pytest.mark.parametrize("output", ["", f"{_S_TIME.format(marks='***')}verify error:num=18", "*****"])
def test_an_unverified_connection_is_no_measurement(output: str) -> None:
    with pytest.raises(BenchError, match="openssl s_time"):
        tools.connections_made([_S_TIME.format(marks="***"), output], "new")


def test_connections_are_divided_by_the_time_that_they_took_not_by_the_tools_whole_seconds(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    spent = iter([1.0, 1.5])
    monkeypatch.setattr(usage, "processor_seconds", lambda *_: next(spent))
    monkeypatch.setattr(course, "_together", lambda _: ([_S_TIME.format(marks="*****")] * 4, 5.0))

    pace = course._connections(_running(tmp_path), 3, "new")

    assert (pace.rate, pace.cost) == (20 / 5, 0.5 / 20)


@pytest.mark.parametrize(("protocol", "times"), [("h1", 1), ("h2", 3)])
def test_requests_of_several_loads_add_up(
    protocol: Protocol, times: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    spent, asked = iter([1.0, 13.0]), []
    monkeypatch.setattr(usage, "processor_seconds", lambda *_: next(spent))

    def together(command: list[str], at_once: int) -> tuple[list[str], float]:
        asked.append(int(command[command.index("-n") + 1]))
        return [_H2LOAD.format(failed=0)] * at_once, 9.0

    monkeypatch.setattr(course, "_together", together)

    pace = course._requests(_running(tmp_path), protocol, 0)

    assert asked == [12_000 // times] * times
    assert pace.rate == pytest.approx(3251.5)
    assert pace.cost == 0.001


def test_no_connection_is_asked_more_often_than_nginx_keeps_it() -> None:
    for protocol, connections in tools.CONNECTIONS.items():
        for count in course.REQUESTS.values():
            each = min(count, tools.MOST_REQUESTS[protocol])
            assert each <= 1000 * connections
            assert count % each == 0
    assert list(course.REQUESTS) == list(candidates.SIZES.values())


def _running(folder: Path) -> course.Running:
    return course.Running(candidate=candidates.ours(), address="10.0.0.1", uid="pod-x", authority=folder / "ca.crt")


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
    assert len({str(conf["data"]) for conf, *_ in listed}) == 4
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
        (tmp_path / name / "schedstat").write_text("1500000001 77 3\n")
        (tmp_path / name / "smaps_rollup").write_text(f"Rss: 9 kB\nPss:  {kilobytes} kB\nPss_Anon: 1 kB\n")
    (tmp_path / "gone").mkdir()

    assert usage.memory("pod-x", tmp_path.iterdir()) == 120 * 1024
    assert usage.processor_seconds("pod-x", tmp_path.iterdir()) == 2 * 1.500000001


def test_connections_of_a_pod_are_those_to_its_port_that_nginx_has_accepted(tmp_path: Path) -> None:
    process = tmp_path / "1"
    (process / "net").mkdir(parents=True)
    (process / "cgroup").write_text("3:cpu:/pod-x\n")
    (process / "comm").write_text("nginx\n")
    rows = [
        _socket("0100000A:20FB", "01", 7), _socket("0100000A:20FB", "01", 8), _socket("0100000A:20FB", "01", 0),
        _socket("00000000:20FB", "0A", 9), _socket("0100000A:20FB", "06", 0), _socket("0100000A:1F90", "01", 10),
    ]  # fmt: skip
    (process / "net" / "tcp").write_text("\n".join(["  sl  local_address ...", *rows]) + "\n")

    assert usage.connections("pod-x", 8443, tmp_path.iterdir()) == 2
    (process / "net" / "tcp6").write_text(f"  sl ...\n{_socket('0' * 32 + ':20FB', '01', 11)}\n")
    assert usage.connections("pod-x", 8443, tmp_path.iterdir()) == 3
    assert usage.connections("pod-y", 8443, tmp_path.iterdir()) == 0


def _socket(local: str, state: str, inode: int) -> str:
    return f"   0: {local} 0200000A:9C40 {state} 00000000:00000000 00:00000000 00000000     0        0 {inode} 1 0"


def test_rounds_become_figures_against_the_others_and_against_what_openssl_says() -> None:
    rounds = [
        _round(candidates.OURS, requests={**_round("").requests, ("h2", 0): Pace(rate=5, cost=0.2)}),
        _round(candidates.TUTORIAL, key="rsa:2048", new=Pace(rate=100, cost=1 / 800)),
    ]

    found = _by_name(figures(rounds, [_OPERATIONS]))

    against = found[f"{_AGAINST}: tutorials, new connections with a request, a second"]
    assert (against.median, against.met) == (4.0, True)
    by_cost = found[f"{_AGAINST}: tutorials, new connections with a request, for a second of processor"]
    assert by_cost.median == 2
    assert found["TLS connections: this project, new, with a request"].median == 400
    assert found["Requests over kept connections, HTTP/2: this project, 0 KB"].median == 5.0
    assert found["The server's own processor time: this project, request, HTTP/2, 0 KB"].median == 200
    assert "Requests over kept connections, HTTP/2: tutorials, 0 KB" not in found
    assert found["`openssl speed`, for a second of processor: the machine, RSA-2048 signatures"].values == (1000.0,)
    assert found["`openssl speed`, for a second of processor: the machine, X25519 key agreements"].values == (4000.0,)
    speed = "New connections with a request against `openssl speed`, for a second of processor"
    signed = found[f"{speed}: this project, of the signatures"]
    assert (signed.median, signed.met) == (0.4, False)
    both = found[f"{speed}: this project, of signature and key agreement"]
    assert both.median == pytest.approx(1600 / (1 / (1 / 4000 + 1 / 2000)))
    assert found[f"{speed}: tutorials, of the signatures"].goal is None


def test_a_ratio_is_that_of_each_round() -> None:
    rounds = [
        _round(server, key, new=Pace(rate=rate, cost=1 / rate), latency=Latency(p50=rate, p99=rate))
        for server, key, rates in ((candidates.OURS, "ec", (400, 900)), (candidates.TUTORIAL, "rsa:2048", (100, 300)))
        for rate in rates
    ]

    found = _by_name(figures(rounds, [_OPERATIONS, {**_OPERATIONS, "ecdsap256": 9000.0}]))

    assert found[f"{_AGAINST}: tutorials, new connections with a request, a second"].values == (4.0, 3.0)
    for percentile in ("p50", "p99"):
        slower = found[f"{_AGAINST}: tutorials, {percentile}"]
        assert (slower.values, slower.met) == ((4.0, 3.0), False)
    speed = "New connections with a request against `openssl speed`, for a second of processor"
    assert found[f"{speed}: this project, of the signatures"].values == (0.1, 0.1)


def test_memory_is_that_of_a_fresh_server_in_each_round() -> None:
    rounds = [
        _round(candidates.OURS, memory=Memory(at_rest=size << 20, each_connection=size * 1024)) for size in (3, 5)
    ]

    found = _by_name(figures(rounds, [_OPERATIONS] * 2))

    assert found["Memory of a fresh server: this project, at rest"].values == (3.0, 5.0)
    assert found["Memory of a fresh server: this project, each idle connection"].values == (3.0, 5.0)


def test_a_goal_stays_though_the_other_server_was_not_measured() -> None:
    found = _by_name(figures([_round(candidates.OURS)], [_OPERATIONS]))

    against = found[f"{_AGAINST}: tutorials, new connections with a request, a second"]
    assert not against.values
    assert against.met is False


def test_other_servers_than_the_tutorials_set_no_goal() -> None:
    rounds = [_round(candidates.OURS), _round(candidates.DISTRIBUTION, key="rsa:2048")]

    found = figures(rounds, [_OPERATIONS])
    against = [each for each in found if each.table == _AGAINST and each.subject == candidates.DISTRIBUTION]

    assert against
    assert {each.goal for each in against} == {None}
