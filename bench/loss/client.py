"""Clients that ask all the time and verify every answer: the program that runs inside the lab.

Each line that it prints is JSON with the time `at`: a failure, or how many requests have been answered so far.
"""

import argparse
import http.client
import json
import socket
import ssl
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

PATIENCE = 5.0
"""Seconds after which a request that is not answered has failed."""

_EXPECTED = b"Welcome to nginx!"
_REPORT_EVERY = 0.25
_STALE = (
    http.client.RemoteDisconnected,
    ConnectionResetError,
    BrokenPipeError,
    ssl.SSLEOFError,
    ssl.SSLZeroReturnError,
)


class Trust:
    """The authorities that clients trust: those of a file, read again when it changes."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._read: tuple[int, ssl.SSLContext] | None = None
        self._lock = threading.Lock()

    def context(self) -> ssl.SSLContext:
        """The context for a connection that is made now."""
        changed = self._file.stat().st_mtime_ns
        with self._lock:
            if self._read is None or self._read[0] != changed:
                self._read = changed, ssl.create_default_context(cafile=str(self._file))
            return self._read[1]


class Tally:
    """What has come of the requests so far; any thread may add to it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.answered = 0
        self.reopened = 0

    def answer(self, *, reopened: bool) -> None:
        """Count a request that was answered, perhaps after its kept connection had turned out to be closed."""
        with self._lock:
            self.answered += 1
            self.reopened += reopened

    def failure(self, kind: str, error: Exception) -> None:
        """Report a request that failed."""
        self._say({"failed": kind, "why": repr(error)})

    def report(self) -> None:
        """Report how many requests were answered."""
        self._say({"answered": self.answered, "reopened": self.reopened})

    def _say(self, words: dict[str, object]) -> None:
        with self._lock:
            sys.stdout.write(json.dumps({"at": time.time(), **words}) + "\n")
            sys.stdout.flush()


class Client:
    """One client, which asks one request after another.

    Args:
        host: The name that the certificate must cover.
        address: Where to connect.
        trust: Whom to trust.
        keep: Whether it keeps its connection, or makes a new one for every request.
    """

    def __init__(self, host: str, address: tuple[str, int], trust: Trust, *, keep: bool) -> None:
        self._host = host
        self._address = address
        self._trust = trust
        self._keep = keep
        self._connection: http.client.HTTPConnection | None = None

    def ask(self) -> bool:
        """Fetch the page and verify it; tell whether a kept connection had to be opened anew for it.

        A server may close a kept connection at any time, also at the moment at which a request is sent. Every client
        asks again then, over a new connection, and so does this one, once.

        Raises:
            OSError: There was no connection, or no trust in it.
            http.client.HTTPException: The answer was none.
            ValueError: The answer was another one.
        """
        reused = self._connection is not None
        try:
            self._ask_once()
        except _STALE:
            self.close()
            if not reused:
                raise
            self._ask_once()
            return True
        return False

    def close(self) -> None:
        """Close the connection, if there is one."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _ask_once(self) -> None:
        try:
            connection = self._connection = self._connection or self._connected()
            connection.request("GET", "/", headers={} if self._keep else {"Connection": "close"})
            answer = connection.getresponse()
            body = answer.read()
        except BaseException:
            self.close()
            raise
        if not self._keep or answer.will_close:
            self.close()
        if answer.status != 200 or _EXPECTED not in body:
            raise ValueError(f"status {answer.status}, {len(body)} bytes")

    def _connected(self) -> http.client.HTTPConnection:
        plain = socket.create_connection(self._address, timeout=PATIENCE)
        try:
            secured = self._trust.context().wrap_socket(plain, server_hostname=self._host)
        except BaseException:
            plain.close()
            raise
        connection = http.client.HTTPConnection(self._host)
        connection.sock = secured
        return connection


def ask_steadily(client: Client, kind: str, period: float, tally: Tally, over: threading.Event) -> None:
    """Let a client ask once in `period` seconds until it is over; what takes longer is not made up for."""
    due = time.monotonic()
    while not over.wait(max(0.0, due - time.monotonic())):
        due = max(due + period, time.monotonic())
        try:
            tally.answer(reopened=client.ask())
        except (OSError, http.client.HTTPException, ValueError) as error:
            client.close()
            tally.failure(kind, error)
    client.close()


def main(arguments: Sequence[str] | None = None) -> None:
    """Ask until the standard input ends."""
    options = _parser().parse_args(arguments)
    address, _, port = options.address.rpartition(":")
    trust, tally, over = Trust(options.authorities), Tally(), threading.Event()
    threads = [
        threading.Thread(
            target=ask_steadily,
            args=(
                Client(options.host, (address, int(port)), trust, keep=kind == "kept"), kind, 1 / rate, tally, over,
            ),
        )
        for kind, number, rate in (("kept", *options.kept), ("new", *options.new))
        for _ in range(int(number))
    ]  # fmt: skip
    for thread in threads:
        thread.start()
    threading.Thread(target=_wait_for_end_of_input, args=(over,)).start()
    while not over.wait(_REPORT_EVERY):
        tally.report()
    for thread in threads:
        thread.join()
    tally.report()


def _wait_for_end_of_input(over: threading.Event) -> None:
    sys.stdin.read()
    over.set()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser()
    parser.add_argument("host")
    parser.add_argument("address")
    parser.add_argument("authorities", type=Path)
    for kind in ("kept", "new"):
        parser.add_argument(f"--{kind}", nargs=2, type=float, metavar=("CLIENTS", "RATE"), required=True)
    return parser


if __name__ == "__main__":
    main()
