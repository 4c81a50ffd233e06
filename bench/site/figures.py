"""What the rounds of a measurement amount to."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from ..figures import Figure, Goal, ratio
from .candidates import CPU_SHARE, DISTRIBUTION, OURS, SIZES, TUTORIAL
from .tools import SIGNING, Latency

_CONNECTIONS = "TLS connections"
_COST = "The server's own processor time"
_AGAINST = "This project against the others"
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
class Round:
    """What one server did once.

    Attributes:
        server: Its title.
        key: Kind of its key.
        new: Full handshakes.
        resumed: Resumed handshakes, each with a request.
        requests: Requests over kept connections, by protocol and bytes of the page.
        latency: How long answers took at a hundred requests a second.
    """

    server: str
    key: str
    new: Pace
    resumed: Pace
    requests: Mapping[tuple[Protocol, int], Pace]
    latency: Latency


@dataclass(frozen=True, kw_only=True)
class Memory:
    """How much memory a fresh server holds.

    Attributes:
        at_rest: Bytes of its processes before anybody has connected.
        each_connection: Bytes that an idle connection adds.
    """

    at_rest: int
    each_connection: float


def figures(
    rounds: Sequence[Round], memories: Mapping[str, Memory], operations: Mapping[str, Sequence[float]]
) -> tuple[Figure, ...]:
    """All figures of a measurement.

    Args:
        rounds: What the servers did.
        memories: How much memory they held, by their titles.
        operations: Operations a second of a whole core, by their name in `openssl speed`.
    """
    by_server: dict[str, list[Round]] = {}
    for each in rounds:
        by_server.setdefault(each.server, []).append(each)
    found = [figure for server, own in by_server.items() for figure in _of_server(server, own)]
    found += [figure for server, memory in memories.items() for figure in _of_memory(server, memory)]
    for other in (TUTORIAL, DISTRIBUTION):
        if OURS in by_server and other in by_server:
            found += _against(by_server[OURS], by_server[other], other)
    found += [figure for server, own in by_server.items() for figure in _of_signatures(server, own, operations)]
    return tuple(found)


def _of_server(server: str, own: Sequence[Round]) -> Iterator[Figure]:
    def figure(table: str, quantity: str, unit: str, values: Sequence[float]) -> Figure:
        return Figure(table=table, subject=server, quantity=quantity, unit=unit, values=tuple(values))

    for name, paces in (
        ("new", [each.new for each in own]),
        ("resumed, with a request", [each.resumed for each in own]),
    ):
        yield figure(_CONNECTIONS, name, "/s", [pace.rate for pace in paces])
        yield figure(_COST, f"TLS connection, {name}", "ms", [pace.cost * 1000 for pace in paces])
    for protocol, title in _PROTOCOLS.items():
        for name, size in SIZES.items():
            paces = [each.requests[protocol, size] for each in own if (protocol, size) in each.requests]
            if paces:
                yield figure(f"Requests over kept connections, {title}", name, "/s", [pace.rate for pace in paces])
                yield figure(_COST, f"request, {title}, {name}", "ms", [pace.cost * 1000 for pace in paces])
    table = "Time to an answer at 100 requests a second, 10 KB, HTTP/1.1"
    yield figure(table, "p50", "ms", [each.latency.p50 for each in own])
    yield figure(table, "p99", "ms", [each.latency.p99 for each in own])


def _of_memory(server: str, memory: Memory) -> Iterator[Figure]:
    for quantity, unit, value in (
        ("at rest", "MiB", memory.at_rest / (1 << 20)),
        ("each idle connection", "KiB", memory.each_connection / 1024),
    ):
        yield Figure(table="Memory of a fresh server", subject=server, quantity=quantity, unit=unit, values=(value,))


def _against(ours: Sequence[Round], theirs: Sequence[Round], other: str) -> Iterator[Figure]:
    goals = other == TUTORIAL

    def figure(quantity: str, above: Sequence[float], below: Sequence[float], goal: Goal) -> Figure:
        return Figure(
            table=_AGAINST,
            subject=other,
            quantity=quantity,
            unit="",
            values=(ratio(above, below),),
            goal=goal if goals else None,
        )

    def both(name: str, pace: Callable[[Round], Pace], goal: Goal) -> Iterator[Figure]:
        yield figure(f"{name} a second", [pace(each).rate for each in ours], [pace(each).rate for each in theirs], goal)
        costs = [pace(each).cost for each in theirs], [pace(each).cost for each in ours]
        yield figure(f"{name} for a second of processor", costs[0], costs[1], goal)

    yield from both("new connections", lambda each: each.new, FOUR_TIMES_THE_CONNECTIONS)
    for name, size in SIZES.items():
        yield from both(f"requests, HTTP/1.1, {name},", _of_size(size), NO_FEWER_REQUESTS)
    p99s = [[each.latency.p99 for each in rounds] for rounds in (ours, theirs)]
    yield figure("p99", p99s[0], p99s[1], NO_SLOWER)


def _of_size(size: int) -> Callable[[Round], Pace]:
    return lambda each: each.requests["h1", size]


def _of_signatures(server: str, own: Sequence[Round], operations: Mapping[str, Sequence[float]]) -> Iterator[Figure]:
    """How near the server comes to what its share of a core could sign, and could do in a handshake's operations."""
    signatures = [CPU_SHARE * each for each in operations[SIGNING[own[0].key]]]
    # A handshake makes a key pair and agrees on a secret, which is about two of openssl's agreements.
    agreements = [CPU_SHARE * each / 2 for each in operations["ecdhx25519"]]
    both = [1 / (1 / sign + 1 / agree) for sign, agree in zip(signatures, agreements, strict=True)]
    new = [CPU_SHARE / each.new.cost for each in own]
    table = "New connections against `openssl speed`, each for a second of processor"
    for quantity, limits, goal in (
        ("of the signatures", signatures, OF_WHAT_COULD_BE_SIGNED if server == OURS else None),
        ("of signature and key agreement", both, None),
    ):
        yield Figure(table=table, subject=server, quantity=quantity, unit="", values=(ratio(new, limits),), goal=goal)
