"""A constant load of verified requests through the node ports, from outside of the cluster."""

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

_THREADS = 3


class Load:
    """Clients that connect anew for every request, trust one authority's file and no other, and count failures.

    Args:
        host: The name that the certificate must cover.
        addresses: Where to connect, in turn.
        authorities: The trusted certificates as PEM text.
    """

    def __init__(self, host: str, addresses: list[tuple[str, int]], authorities: str) -> None:
        self._host = host
        self._addresses = addresses
        self._over = threading.Event()
        self._lock = threading.Lock()
        self.trust(authorities)
        self.answered = 0
        self.failures: list[str] = []
        self.last_seen: dict[bytes, float] = {}
        """When each certificate was last served, by its bytes."""

    def trust(self, authorities: str) -> None:
        """Trust other authorities from now on, as a client does that has fetched them."""
        self._context = ssl.create_default_context(cadata=authorities)

    @contextmanager
    def running(self) -> Iterator["Load"]:
        """Keep the load up."""
        threads = [threading.Thread(target=self._ask, args=(number,)) for number in range(_THREADS)]
        for thread in threads:
            thread.start()
        try:
            yield self
        finally:
            self._over.set()
            for thread in threads:
                thread.join()

    def _ask(self, number: int) -> None:
        while not self._over.is_set():
            address = self._addresses[number % len(self._addresses)]
            number += 1
            try:
                served = self.request(address)
            except (OSError, http.client.HTTPException, AssertionError) as error:
                with self._lock:
                    self.failures.append(f"{time.strftime('%H:%M:%S')} {address}: {error!r}")
            else:
                with self._lock:
                    self.answered += 1
                    self.last_seen[served] = time.monotonic()
            time.sleep(0.02)

    def request(self, address: tuple[str, int]) -> bytes:
        """Fetch the page once and return the served certificate."""
        with (
            socket.create_connection(address, timeout=5) as plain,
            self._context.wrap_socket(plain, server_hostname=self._host) as secured,
        ):
            served = secured.getpeercert(binary_form=True)
            connection = http.client.HTTPConnection(self._host)
            connection.sock = secured
            connection.request("GET", "/", headers={"Connection": "close"})
            answer = connection.getresponse()
            body = answer.read()
            assert answer.status == 200, answer.status
            assert b"Welcome to nginx!" in body
            assert served
            return served
