"""The state of things in ten lines: before, while and after there is something to say."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e import driver, site_stack
from tests.e2e.site_stack import CURL, SITE, SiteStack

LINES, SECONDS = 10, 2.0
AT_MOST = 5 * SECONDS
"""A busy machine is no reason to call it broken; the measurement shows how far it is from its aim."""


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[SiteStack]:
    with site_stack.made(driver.copy_project(tmp_path / "project"), "e2e-status") as made:
        yield made


def lines(stack: SiteStack) -> list[str]:
    """The lines of the stack's status, which never are too many."""
    found = driver.must(stack.lab("status")).output.splitlines()
    assert len(found) <= LINES, found
    assert found[0].startswith("lab ")
    assert "2 nodes ready" in found[0]
    return found


def test_it_says_what_is_and_what_to_do_next(stack: SiteStack) -> None:
    assert lines(stack)[1:] == [
        "e2e-status  not deployed",
        "next        nothing of e2e-status is deployed: `make up STACK=e2e-status`",
    ]

    stack.up()
    well = lines(stack)

    assert well[2].startswith(f"{SITE}    verified ")
    assert "2 of 2 pods ready, ClusterIP https://" in well[3]
    assert well[-1].startswith("next        leaf renews in ")

    red = stack.try_up(probe={"image": CURL, "negativeChecks": False, "expect": {"bodyText": "Nobody says this"}})
    failed = lines(stack)

    assert red.code != 0
    assert "LAST UPDATE FAILED" in failed[1]
    assert failed[2].startswith(f"{SITE}    FAILED ")
    matter = next(line for line in failed if line.startswith("next"))
    assert "is not verified, FAILED service https://" in matter
    assert "Nobody says this" in matter
    assert matter.endswith("once mended: `make up STACK=e2e-status`")


def test_what_somebody_took_away_is_not_called_well(stack: SiteStack) -> None:
    stack.up()
    (deployment,) = stack.objects("deployments")
    its = ("deployment", deployment["metadata"]["name"], f"--namespace={stack.namespace}")

    driver.kubectl("scale", *its, "--replicas=0")
    scaled = lines(stack)
    driver.kubectl("delete", *its)
    gone = lines(stack)
    driver.must(stack.lab("refresh"))
    stack.up()
    mended = lines(stack)

    assert "(TOLD TO HAVE 0)" in scaled[3]
    assert "its Deployment is NOT IN THE CLUSTER" in gone[3]
    for told in (scaled, gone):
        assert "`make refresh STACK=e2e-status && make up STACK=e2e-status`" in "\n".join(told)
    assert "2 of 2 pods ready" in mended[3]


def test_it_takes_ten_seconds_at_most_and_two_are_aimed_at(measurements: driver.Measurements) -> None:
    status = driver.must(driver.make("status"))

    measurements.add("make status", status.seconds, SECONDS)
    assert len(status.output.splitlines()) <= LINES
    assert status.seconds < AT_MOST


def test_a_lab_that_is_down_is_said_with_what_starts_it(tmp_path: Path) -> None:
    status = driver.make("status", environment={"LAB_DIR": str(tmp_path), "KUBE_CONTEXT": ""})

    assert status.code != 0
    assert "The lab is down; `make up` starts it" in status.output
    assert "Traceback" not in status.output


def test_a_stack_that_does_not_exist_is_refused_with_the_known_ones() -> None:
    status = driver.make("status", "STACK=nowhere", environment={**os.environ, "KUBE_CONTEXT": ""})

    assert status.code != 0
    assert "there is no stack 'nowhere'; these are: dev" in status.output
