"""The real probe.sh and bodies: those that are looked at are kept, all of them at once, in little memory."""

from pathlib import Path

import pytest

from components._probe import pod
from components._probe.options import Timing
from components._probe.targets import Expectations
from tests.unit.probe.harness import QUICK, Probe, Serve

MEBIBYTE = 2**20
LAST_LINE = b"\nthe end\n"
LARGEST = b"x" * (MEBIBYTE - len(LAST_LINE)) + LAST_LINE


def kept(probe: Probe) -> list[int]:
    """The sizes of the files that a run leaves behind, which are as large as ever during it."""
    return [file.stat().st_size for file in (probe.folder / "work").iterdir()]


@pytest.mark.parametrize(
    "expect",
    [Expectations(body_text="the end", http="served"), Expectations(body_regex="^the end$", http="served")],
)
def test_the_largest_pages_of_twelve_targets_fit_into_the_pod(probe: Probe, serve: Serve, expect: Expectations) -> None:
    probe.settings(Timing(), negative_checks=True)
    site = serve(body=LARGEST)
    plain = serve(plain=True, body=LARGEST)
    for number in range(12):
        probe.add(site.port, name=f"target-{number}", expect=expect, http_port=plain.port)

    run = probe.run()

    assert run.code == 0, run.text
    assert 12 * MEBIBYTE <= sum(kept(probe)) <= pod.WORK_MEBIBYTES * MEBIBYTE


def test_a_body_that_nobody_looks_at_is_not_kept(probe: Probe, serve: Serve) -> None:
    probe.settings(QUICK, negative_checks=True)
    plain = serve(plain=True, body=LARGEST)
    probe.add(serve(body=LARGEST).port, expect=Expectations(http="served"), http_port=plain.port)

    assert probe.run().code == 0
    assert sum(kept(probe)) < MEBIBYTE / 100


def test_a_body_that_is_too_large_is_named_as_that(probe: Probe, serve: Serve) -> None:
    probe.add(serve(body=LARGEST + b"x").port)

    run = probe.run()

    assert run.code == 1
    assert "curl exit 63 (body larger than 1 MiB)" in run.report


def test_a_body_that_finds_no_room_is_named_as_that(probe: Probe, serve: Serve) -> None:
    probe.add(serve().port, expect=Expectations(body_text="Welcome"))
    full = probe.folder / "work" / "body-1"
    full.symlink_to(Path("/dev/full"))

    run = probe.run()

    assert run.code == 1
    assert "curl exit 23 (no room left to keep the body)" in run.report
