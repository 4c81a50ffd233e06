"""The program that sends malformed messages, from inside the lab, and prints what became of them as JSON."""

import argparse
import collections
import json
import random
import socket
import ssl
import sys
import threading
from collections.abc import Iterator, Sequence

from .malformed import Message, messages

PATIENCE = 20.0
"""Seconds within which the server has to answer or to end the connection."""

_THREADS = 64
"""Many, since most of the time goes by while nginx waits for the rest of what was cut."""

LATE = "not taken in time"
NOT_REACHED = "not reached"


def sent(message: Message, host: str, address: tuple[str, int], trust: ssl.SSLContext) -> str:
    """Send a message and tell what became of it: `closed`, the answer's status, `LATE`, or `NOT_REACHED` and why."""
    try:
        plain = socket.create_connection(address, timeout=PATIENCE)
        connection = trust.wrap_socket(plain, server_hostname=host) if message.secured else plain
    except OSError as error:
        return f"{NOT_REACHED} ({type(error).__name__})"
    with connection:
        return _exchange(connection, message.data)


def _exchange(connection: socket.socket, data: bytes) -> str:
    try:
        connection.sendall(data)
        answer = connection.recv(64)
    except TimeoutError:
        return LATE
    except OSError:
        return "closed"
    words = answer.split(None, 2)
    return words[1].decode("ascii", "replace") if answer.startswith(b"HTTP/") and len(words) > 1 else "closed"


def main(arguments: Sequence[str] | None = None) -> None:
    """Send as many messages as the arguments say."""
    parser = argparse.ArgumentParser()
    parser.add_argument("host")
    parser.add_argument("address")
    parser.add_argument("authorities")
    parser.add_argument("count", type=int)
    parser.add_argument("seed", type=int)
    options = parser.parse_args(arguments)
    address, _, port = options.address.rpartition(":")
    trust = ssl.create_default_context(cafile=options.authorities)
    waiting = messages(options.count, random.Random(options.seed))  # noqa: S311  # no secret depends on it
    found: collections.Counter[str] = collections.Counter()
    lock = threading.Lock()

    def send(waiting: Iterator[Message]) -> None:
        while True:
            with lock:
                message = next(waiting, None)
            if message is None:
                return
            outcome = sent(message, options.host, (address, int(port)), trust)
            with lock:
                found[f"{message.kind}: {outcome}"] += 1

    threads = [threading.Thread(target=send, args=(waiting,)) for _ in range(_THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
