"""The program that opens many connections and does nothing with them, until its standard input ends."""

import argparse
import resource
import socket
import sys
from collections.abc import Sequence

PATIENCE = 2.0


def opened(address: tuple[str, int], count: int) -> list[socket.socket]:
    """So many connections, or as many as the server takes."""
    connections = []
    for _ in range(count):
        try:
            connections.append(socket.create_connection(address, timeout=PATIENCE))
        except OSError:
            break
    return connections


def main(arguments: Sequence[str] | None = None) -> None:
    """Open as many connections as the arguments say, print how many there are, and wait."""
    parser = argparse.ArgumentParser()
    parser.add_argument("address")
    parser.add_argument("count", type=int)
    options = parser.parse_args(arguments)
    address, _, port = options.address.rpartition(":")
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(options.count + 100, most), most))
    connections = opened((address, int(port)), options.count)
    sys.stdout.write(f"{len(connections)}\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    main()
