"""What the page says of the ways to a site where no log tells what became of them."""

from typing import Any

import pytest

from tests.unit.report import made
from tests.unit.report.reading import read_of


def test_without_a_log_the_outputs_tell_what_was_tried(dev: dict[str, Any]) -> None:
    text = read_of(made.facts(dev)).text

    assert "The log of the run is gone with its pod" in text
    assert "short-name: https://my-nginx:443/" in text


@pytest.mark.parametrize(
    "more", [{"silence": "connection refused", "objects": None}, {"objects": [made.cron_job(None)]}]
)
def test_what_no_run_is_known_to_have_tried_is_yet_to_be_tried(dev: dict[str, Any], more: dict[str, Any]) -> None:
    dev["deployment"]["resources"][0]["outputs"]["probe"] = "not run"

    text = read_of(made.facts(dev, **more)).text

    assert "These ways will be tried:" in text
    assert "short-name: https://my-nginx:443/" in text
    assert "is gone with its pod" not in text


@pytest.mark.parametrize(
    ("proven", "said"),
    [
        (made.at(-3), "What the run said cannot be asked for now. These ways were tried:"),
        (None, "These are the ways to it:"),
    ],
)
def test_what_a_run_has_tried_stays_tried_while_the_cluster_is_silent(
    dev: dict[str, Any], proven: str | None, said: str
) -> None:
    outputs = dev["deployment"]["resources"][0]["outputs"]
    outputs["probe"], outputs["proof"]["completedAt"] = "verified", proven

    text = read_of(made.facts(dev, objects=None, silence="connection refused")).text

    assert f"verified {said}" in text
    assert "will be tried" not in text
