"""What the project's own code costs, without an engine: its share of an update, and the comment on a preview."""

import json
import sys
import time

from previews import comment
from tests.e2e import driver
from tests.unit.previews import recorded


def test_construction_is_quick_and_linear(measurements: driver.Measurements) -> None:
    result = driver.must(driver.run([sys.executable, "-W", "ignore", "-m", "tests.e2e.site_construction"]))

    figures = json.loads(result.output)
    measurements.add("construct one site under mocks (ms)", figures["one"], 60)
    measurements.add("construct 100 sites under mocks (ms)", figures["hundred"], 100 * 60)
    measurements.add("construct 100 sites, as a multiple of one", figures["hundred"] / figures["one"], 100)


def test_a_comment_on_two_hundred_resources_is_quick(measurements: driver.Measurements) -> None:
    started = time.monotonic()
    preview = recorded.preview("many")
    comment.render([preview], recorded.ORIGIN)
    seconds = time.monotonic() - started

    assert sum(preview.counts.values()) >= 200
    measurements.add("comment on a preview of 200 resources (s)", seconds, 1)
