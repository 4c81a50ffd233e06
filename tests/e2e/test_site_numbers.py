"""What it costs to construct sites, without an engine: the share of an update that is this project's own."""

import json
import sys

from tests.e2e import driver


def test_construction_is_quick_and_linear(measurements: driver.Measurements) -> None:
    result = driver.must(driver.run([sys.executable, "-W", "ignore", "-m", "tests.e2e.site_construction"]))

    figures = json.loads(result.output)
    measurements.add("construct one site under mocks (ms)", figures["one"], 60)
    measurements.add("construct 100 sites under mocks (ms)", figures["hundred"], 100 * 60)
    measurements.add("construct 100 sites, as a multiple of one", figures["hundred"] / figures["one"], 100)
