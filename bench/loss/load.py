"""The clients' program, started and ended."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lab import paths

from ..errors import BenchError
from .tally import Report, parse

KEPT = (6, 40)
NEW = (3, 20)
"""How many clients there are of each kind, and how often a second each asks: 300 requests a second together."""

_LONGEST_WAIT = 30.0


class Load:
    """A load that runs.

    Args:
        host: The name that the certificate must cover.
        address: `host:port` to connect to.
        authorities: PEM text of the authorities that clients trust at first.
        network: Network namespace in which the clients run.
        folder: Where its files go.
    """

    def __init__(self, host: str, address: str, authorities: str, network: str, folder: Path) -> None:
        self._trusted = folder / "authorities.crt"
        self._output = folder / "requests.jsonl"
        self.trust(authorities)
        self._command = [
            "nsenter", f"--net=/run/netns/{network}", sys.executable, "-m", "bench.loss.client",
            host, address, str(self._trusted),
            "--kept", *map(str, KEPT), "--new", *map(str, NEW),
        ]  # fmt: skip

    def trust(self, authorities: str) -> None:
        """Let clients trust other authorities from their next connection on."""
        fresh = self._trusted.with_suffix(".new")
        fresh.write_text(authorities)
        fresh.replace(self._trusted)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Keep the load up.

        Raises:
            BenchError: The clients could not begin, or have died.
        """
        with self._output.open("wb") as output:
            # Ctrl-C at the terminal ends the course, which ends the load: their reports must reach to the end.
            process = subprocess.Popen(
                self._command, cwd=paths.REPOSITORY, stdin=subprocess.PIPE, stdout=output, start_new_session=True
            )
        try:
            self._wait_for_answers(process)
            yield
            if process.poll() is not None:
                raise BenchError(f"the clients have died, with exit code {process.returncode}")
        finally:
            process.communicate()

    @property
    def answered(self) -> int:
        """How many requests have been answered."""
        counts = self.report().counts
        return counts[-1][1] if counts else 0

    def report(self) -> Report:
        """What the clients have said so far."""
        whole = self._output.read_text().rpartition("\n")[0]
        return parse(whole.splitlines())

    def _wait_for_answers(self, process: "subprocess.Popen[bytes]") -> None:
        deadline = time.monotonic() + _LONGEST_WAIT
        while not self.answered:
            if process.poll() is not None or time.monotonic() > deadline:
                failures = self.report().failures
                raise BenchError(f"the site does not answer the clients: {failures[0][1] if failures else 'no word'}")
            time.sleep(0.1)
