"""Connections that are open and do nothing."""

import argparse
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from ..errors import BenchError

_READY = "ready"
_ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def connections(network: str, address: str, port: int, authority: Path, count: int) -> Iterator[None]:
    """Hold verified TLS connections open from a node's network, as long as the context lasts.

    Args:
        network: Name of the network namespace.
        address: The server's address; its certificate need not name it.
        port: The server's port.
        authority: File with the only certificate that is trusted.
        count: How many.

    Raises:
        BenchError: One could not be made.
    """
    arguments = [address, str(port), str(authority), str(count)]
    holder = subprocess.Popen(
        ["nsenter", f"--net=/run/netns/{network}", sys.executable, "-m", "bench.site.idle", *arguments],
        cwd=_ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        if holder.stdout is None or holder.stdout.readline().strip() != _READY:
            raise BenchError(f"{count} connections to {address}:{port} could not be opened")
        yield
    finally:
        holder.communicate()


def hold(address: str, port: int, authority: str, count: int) -> None:
    """Open the connections, say so, and hold them until the standard input ends."""
    trust = ssl.create_default_context(cafile=authority)
    trust.check_hostname = False
    with ExitStack() as stack:
        for _ in range(count):
            plain = stack.enter_context(socket.create_connection((address, port), timeout=20))
            stack.enter_context(trust.wrap_socket(plain))
        sys.stdout.write(f"{_READY}\n")
        sys.stdout.flush()
        sys.stdin.read()


def main(arguments: Sequence[str] | None = None) -> None:
    """Hold connections, as the arguments say: address, port, authority's file, number."""
    parser = argparse.ArgumentParser()
    parser.add_argument("address")
    parser.add_argument("port", type=int)
    parser.add_argument("authority")
    parser.add_argument("count", type=int)
    options = parser.parse_args(arguments)
    hold(options.address, options.port, options.authority, options.count)


if __name__ == "__main__":
    main()
