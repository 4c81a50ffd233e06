"""What the rounds of a measurement amount to."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from ..figures import Figure, Goal
from .candidates import DISTRIBUTION, OURS, SIZES, TUTORIAL
from .tools import AGREEMENT, SIGNING, SPEEDS, Latency

_CONNECTIONS = "TLS connections"
_COST = "The server's own processor time"
_ANSWER = "Time to an answer at 100 requests a second, 10 KB, HTTP/1.1"
_MEMORY = "Memory of a fresh server"
_AGAINST = "This project against the others"
_SIGNED = "New connections with a request against `openssl speed`, for a second of processor"
Protocol = Literal["h1", "h2"]
_PROTOCOLS: Mapping[Protocol, str] = {"h1": "HTTP/1.1", "h2": "HTTP/2"}
FOUR_TIMES_THE_CONNECTIONS = Goal(direction="at least", limit=4)
NO_FEWER_REQUESTS = Goal(direction="at least", limit=1)
NO_SLOWER = Goal(direction="at most", limit=1)
OF_WHAT_COULD_BE_SIGNED = Goal(direction="at least", limit=0.6)


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How fast a server did something.

    Attributes:
        rate: How often a second.
        cost: The server's processor seconds for each.
    """

    rate: float
    cost: float


@dataclass(frozen=True, kw_only=True)
class Memory:
    """How much memory a fresh server holds.

    Attributes:
        at_rest: Bytes of its processes before anybody has connected.
        each_connection: Bytes that an idle connection adds.
    """

    at_rest: int
    each_connection: float


@dataclass(frozen=True, kw_only=True)
class Round:
    """What one server did once, from its start on.

    Attributes:
        server: Its title.
        key: Kind of its key.
        memory: How much memory it held at first.
        new: Full handshakes, each with a request.
        resumed: Resumed handshakes, each with a request.
        requests: Requests over kept connections, by protocol and bytes of the page.
        latency: How long answers took at a hundred requests a second.
    """

    server: str
    key: str
    memory: Memory
    new: Pace
    resumed: Pace
    requests: Mapping[tuple[Protocol, int], Pace]
    latency: Latency


Speed = Mapping[str, float]
"""Operations for a second of processor, by their name in `openssl speed`."""


def figures(rounds: Sequence[Round], speeds: Sequence[Speed]) -> tuple[Figure, ...]:
    """All figures of a measurement.

    Args:
        rounds: What the servers did, each as often.
        speeds: What openssl said in each round.
    """
    by_server: dict[str, list[Round]] = {}
    for each in rounds:
        by_server.setdefault(each.server, []).append(each)
    found = [figure for server, own in by_server.items() for figure in _of_server(server, own)]
    for other in (TUTORIAL, DISTRIBUTION):
        found += _against(by_server.get(OURS, []), by_server.get(other, []), other)
    found += _of_openssl(speeds)
    found += [figure for server, own in by_server.items() for figure in _of_signatures(server, own, speeds)]
    return tuple(found)


def _of_server(server: str, own: Sequence[Round]) -> Iterator[Figure]:
    def figure(table: str, quantity: str, unit: str, values: Iterable[float]) -> Figure:
        return Figure(table=table, subject=server, quantity=quantity, unit=unit, values=tuple(values))

    for name, paces in (("new", [each.new for each in own]), ("resumed", [each.resumed for each in own])):
        yield figure(_CONNECTIONS, f"{name}, with a request", "/s", (pace.rate for pace in paces))
        yield figure(_COST, f"TLS connection, {name}, with a request", "ms", (pace.cost * 1000 for pace in paces))
    for protocol, title in _PROTOCOLS.items():
        for name, size in SIZES.items():
            paces = [each.requests[protocol, size] for each in own if (protocol, size) in each.requests]
            if paces:
                yield figure(f"Requests over kept connections, {title}", name, "/s", (pace.rate for pace in paces))
                yield figure(_COST, f"request, {title}, {name}", "ms", (pace.cost * 1000 for pace in paces))
    yield figure(_ANSWER, "p50", "ms", (each.latency.p50 for each in own))
    yield figure(_ANSWER, "p99", "ms", (each.latency.p99 for each in own))
    yield figure(_MEMORY, "at rest", "MiB", (each.memory.at_rest / (1 << 20) for each in own))
    yield figure(_MEMORY, "each idle connection", "KiB", (each.memory.each_connection / 1024 for each in own))


def _against(ours: Sequence[Round], theirs: Sequence[Round], other: str) -> Iterator[Figure]:
    def figure(quantity: str, above: Iterable[float], below: Iterable[float], goal: Goal) -> Figure:
        return Figure(
            table=_AGAINST,
            subject=other,
            quantity=quantity,
            unit="",
            values=_ratios(above, below),
            goal=goal if other == TUTORIAL else None,
        )

    def both(name: str, pace: Callable[[Round], Pace], goal: Goal) -> Iterator[Figure]:
        mine, others = [pace(each) for each in ours], [pace(each) for each in theirs]
        yield figure(f"{name} a second", (each.rate for each in mine), (each.rate for each in others), goal)
        costs = (each.cost for each in others), (each.cost for each in mine)
        yield figure(f"{name} for a second of processor", *costs, goal)

    yield from both("new connections with a request,", lambda each: each.new, FOUR_TIMES_THE_CONNECTIONS)
    for name, size in SIZES.items():
        yield from both(f"requests, HTTP/1.1, {name},", _of_size(size), NO_FEWER_REQUESTS)
    yield figure("p50", (each.latency.p50 for each in ours), (each.latency.p50 for each in theirs), NO_SLOWER)
    yield figure("p99", (each.latency.p99 for each in ours), (each.latency.p99 for each in theirs), NO_SLOWER)


def _ratios(above: Iterable[float], below: Iterable[float]) -> tuple[float, ...]:
    """One ratio for each round, so that they have a spread; none if one of both was not measured."""
    return tuple(one / other for one, other in zip(above, below, strict=False))


def _of_size(size: int) -> Callable[[Round], Pace]:
    return lambda each: each.requests["h1", size]


def _of_openssl(speeds: Sequence[Speed]) -> Iterator[Figure]:
    table = "`openssl speed`, for a second of processor"
    for name, title in SPEEDS.items():
        values = tuple(each[name] for each in speeds)
        yield Figure(table=table, subject="the machine", quantity=title, unit="/s", values=values)


def _of_signatures(server: str, own: Sequence[Round], speeds: Sequence[Speed]) -> Iterator[Figure]:
    """How near the server comes to what could be signed in its processor time, and to a handshake's operations."""
    signatures = [each[SIGNING[own[0].key]] for each in speeds]
    # A handshake makes a key pair and agrees on a secret, which is about two of openssl's agreements.
    agreements = [each[AGREEMENT] / 2 for each in speeds]
    operations = [1 / (1 / sign + 1 / agree) for sign, agree in zip(signatures, agreements, strict=True)]
    new = [1 / each.new.cost for each in own]

    def figure(quantity: str, limits: Sequence[float], goal: Goal | None = None) -> Figure:
        values = _ratios(new, limits)
        return Figure(table=_SIGNED, subject=server, quantity=quantity, unit="", values=values, goal=goal)

    yield figure("of the signatures", signatures, OF_WHAT_COULD_BE_SIGNED if server == OURS else None)
    yield figure("of signature and key agreement", operations)
