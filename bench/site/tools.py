"""The tools that load a server and measure: openssl and h2load. Their command lines, and what their output means."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ..errors import BenchError
from ..figures import percentile

SIGNING = {"ec": "ecdsap256", "rsa:2048": "rsa2048"}
"""What `openssl speed` calls the signature with a kind of key."""

AGREEMENT = "ecdhx25519"
SPEEDS = {"ecdsap256": "ECDSA P-256 signatures", "rsa2048": "RSA-2048 signatures", AGREEMENT: "X25519 key agreements"}
"""What `openssl speed` is asked for, and what it is."""

CONNECTIONS = {"h1": 16, "h2": 4}
"""Over how many connections h2load asks."""

MOST_REQUESTS = {protocol: 1000 * number for protocol, number in CONNECTIONS.items()}
"""What it can ask for: nginx ends a connection after a thousand requests, and h2load makes no new one."""

_NEARLY_ALL = 0.95
_END = re.compile(r"^\d+ connections in \d+ real seconds", re.MULTILINE)
_MARKS = re.compile(r"^[r*t3]+$", re.MULTILINE)
_FINISHED = re.compile(r"^finished in [\d.]+m?s, ([\d.]+) req/s", re.MULTILINE)
_REQUESTS = re.compile(r"(\d+) succeeded, (\d+) failed, (\d+) errored, (\d+) timeout")


def connections(address: str, authority: Path, seconds: int, kind: Literal["new", "reuse"]) -> list[str]:
    """Let openssl connect one time after another, with certificates verified, and fetch the empty page each time.

    With TLS 1.3, what a connection can be resumed by comes after the handshake, and openssl reads it only if it waits
    for a page. Both kinds fetch it, so that they can be compared.

    Args:
        address: `host:port` of the server.
        authority: File with the only certificate that is trusted.
        seconds: How long at least. openssl stops at a whole second of the clock, up to one later.
        kind: Whether each connection begins anew, or resumes the first one's session.
    """
    verification = ["-CAfile", str(authority), "-verify", "3"]
    return [
        "openssl", "s_time", "-connect", address, f"-{kind}", "-time", str(seconds), *verification, "-www", "/0.txt",
    ]  # fmt: skip


def connections_made(outputs: Sequence[str], kind: Literal["new", "reuse"]) -> int:
    """How many connections several openssl have made together.

    Args:
        outputs: What each has printed: a mark for each connection, `r` for a resumed one.
        kind: What they were asked for.

    Raises:
        BenchError: A certificate was not what it had to be, openssl did not come to an end, or connections were not of
            the kind.
    """
    for output in outputs:
        if not _END.search(output) or "verify error" in output:
            raise BenchError(f"openssl s_time could not connect as it should:\n{output[-2000:]}")
    marks = "".join(mark for output in outputs for mark in _MARKS.findall(output))
    resumed = marks.count("r")
    if not marks or (resumed < _NEARLY_ALL * len(marks) if kind == "reuse" else resumed):
        raise BenchError(f"{resumed} of {len(marks)} connections were resumed with `openssl s_time -{kind}`")
    return len(marks)


def requests(url: str, protocol: Literal["h1", "h2"], count: int) -> list[str]:
    """Let h2load ask as fast as it is answered, over connections that stay.

    HTTP/1.1 has as many connections as HTTP/2 has requests at once on fewer of them.

    Args:
        url: What to fetch.
        protocol: HTTP/1.1 or HTTP/2.
        count: How often; at most the protocol's `MOST_REQUESTS`.
    """
    shape = ["--h1", "-m", "1"] if protocol == "h1" else ["-m", "4"]
    return ["h2load", "-c", str(CONNECTIONS[protocol]), *shape, "-t", "1", "-n", str(count), url]


def steady_requests(url: str, seconds: int, log: Path) -> list[str]:
    """Let h2load ask a hundred times a second over HTTP/1.1, and note how long each answer took."""
    return ["h2load", "--h1", "-c", "4", "-t", "1", "--rps=25", f"--duration={seconds}", f"--log-file={log}", url]


def request_rate(output: str) -> float:
    """Requests a second, from h2load's output.

    Raises:
        BenchError: A request failed, or h2load did not come to an end.
    """
    finished, counted = _FINISHED.search(output), _REQUESTS.search(output)
    if not finished or not counted or any(int(number) for number in counted.groups()[1:]):
        raise BenchError(f"h2load did not get all its answers:\n{output[-2000:]}")
    return float(finished[1])


@dataclass(frozen=True, kw_only=True)
class Latency:
    """How long answers took, in milliseconds.

    Attributes:
        p50: Half of the answers took at most this.
        p99: Ninety-nine of a hundred took at most this.
    """

    p50: float
    p99: float


def latency(log: str) -> Latency:
    """How long answers took, from h2load's log: start, status and microseconds in each line.

    Raises:
        BenchError: There was no answer, or one with another status than 200.
    """
    rows = [line.split("\t") for line in log.splitlines()]
    wrong = sorted({row[1] for row in rows if row[1] != "200"})
    if wrong or not rows:
        raise BenchError(f"h2load got answers with status {', '.join(wrong) or 'none'}")
    times = [int(row[2]) / 1000 for row in rows]
    return Latency(p50=percentile(times, 50), p99=percentile(times, 99))


def speed(algorithm: str) -> list[str]:
    """Let openssl tell how often it can do an operation in a second of processor."""
    return ["openssl", "speed", "-seconds", "1", algorithm]


def operations(output: str) -> float:
    """Signatures or key agreements a second, from the last line of `openssl speed`.

    Raises:
        BenchError: There is no such line.
    """
    lines = [line for line in output.splitlines() if re.search(r"\d+\.\d+s", line)]
    numbers = re.findall(r"(?<![\w.])(\d+\.\d+)(?![\w.])", lines[-1]) if lines else []
    if not numbers:
        raise BenchError(f"openssl speed said nothing of use:\n{output[-1000:]}")
    return float(numbers[0])
