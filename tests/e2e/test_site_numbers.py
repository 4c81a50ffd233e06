"""What it costs to construct sites, without an engine: the share of an update that is this project's own."""

import statistics
import time

from tests.e2e import driver
from tests.unit import harness, sites


def _milliseconds(count: int) -> float:
    """Return how long a program takes that declares so many sites."""
    names = [f"site-{number}" for number in range(count)]
    with harness.event_loop():
        started = time.perf_counter()
        deployed = harness.deploy(sites.program(*names))
        taken = time.perf_counter() - started
    assert len(deployed.of("Deployment")) == count
    return taken * 1000


def test_construction_is_quick_and_linear(measurements: driver.Measurements) -> None:
    _milliseconds(1)
    one = statistics.median(_milliseconds(1) for _ in range(5))
    hundred = _milliseconds(100)

    measurements.add("construct one site under mocks (ms)", one, 60)
    measurements.add("construct 100 sites under mocks (ms)", hundred, 100 * 60)
    measurements.add("construct 100 sites, as a multiple of one", hundred / one, 100)
