"""Fixtures of the unit tests."""

import gc
import os
import signal
from collections.abc import Iterator

import pytest

# An Output inside an f-string raises instead of leaving a warning text in a manifest.
os.environ["PULUMI_ERROR_OUTPUT_STRING"] = "1"
# No cluster is meant, whatever this shell is set to.
os.environ.pop("KUBECONFIG", None)

from tests.unit import harness
from tests.unit.harness import Deploy

# The SDK makes many objects and little garbage; looking for some as often as usual takes an eighth of the time.
gc.freeze()
gc.set_threshold(500_000, 50, 1000)

# A shell without job control starts background jobs deaf to SIGINT, and with them all that they start.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(name="deploy")
def _deploy() -> Iterator[Deploy]:
    """Run a program under mocks and return what it declared."""
    with harness.event_loop():
        yield harness.deploy
