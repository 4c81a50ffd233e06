"""What a stack of many sites costs. By hand: MANY_SITES=1,10,50 .venv/bin/pytest tests/e2e/test_many_sites.py

Figures inform and fail nothing: they are the machine's as much as the program's.
"""

import os
import re
import statistics
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest

from lab import engine
from tests.e2e import driver, site_stack
from tests.e2e.probe_stack import engine_program
from tests.e2e.site_stack import SiteStack

COUNTS = [int(count) for count in os.environ.get("MANY_SITES", "10").split(",")]
# Seconds, by number of sites.
PREVIEW_GOALS = {1: 2.0, 50: 8.0}
UPDATE_GOALS = {50: 120.0}
# A busy machine is slow, and no reason to fail.
PATIENCE = 1200.0
# A hundred pods ask for more than the lab's nodes have, unless each asks for little.
SMALL = {"cpuRequest": "5m", "memoryRequest": "16Mi"}


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Seconds that a stack took.

    Attributes:
        update: `pulumi up` from nothing to the last verdict.
        preview: `pulumi preview` without changes, median of three.
        with_rules: The same as `make preview` runs it, with the policy pack.
    """

    update: float
    preview: float
    with_rules: float


@pytest.fixture
def stack(project: Path) -> Iterator[SiteStack]:
    with site_stack.made(project, "many-sites") as made:
        yield made


def test_a_stack_of_many_sites_is_verified_and_measured(
    stack: SiteStack, measurements: driver.Measurements, capsys: pytest.CaptureFixture[str]
) -> None:
    figures = {}
    for count in COUNTS:
        names = [f"site-{number:02}" for number in range(count)]
        stack.configure(resources=SMALL, sites={name: {} for name in names})
        update = driver.must(stack.lab("deploy", seconds=PATIENCE))
        outputs = stack.outputs()["sites"]
        assert [outputs[name]["probe"] for name in names] == ["verified"] * count
        figures[count] = Figures(
            update=_seconds(update),
            preview=statistics.median(_preview(stack).seconds for _ in range(3)),
            with_rules=_seconds(driver.must(stack.lab("preview", "--", "--expect-no-changes"))),
        )
        driver.must(stack.lab("destroy", seconds=PATIENCE))

    with capsys.disabled():
        sys.stdout.write(_table(figures))
    for count, seconds in figures.items():
        if count in UPDATE_GOALS:
            measurements.add(f"pulumi up, {count} sites (s)", seconds.update, UPDATE_GOALS[count])
        if count in PREVIEW_GOALS:
            measurements.add(f"no-op preview, {count} site(s) (s)", seconds.preview, PREVIEW_GOALS[count])


def _preview(stack: SiteStack) -> driver.Result:
    """Preview by the engine alone, from its start to its end."""
    state = driver.LAB / "cluster" / "stacks"
    environment = engine.environment(state, driver.KUBECONFIG)
    command = [engine_program(environment), "preview", f"--stack={stack.name}", "--expect-no-changes"]
    options = [f"--config-file={state / f'Pulumi.{stack.name}.yaml'}", "--non-interactive"]
    return driver.must(driver.run([*command, *options], environment=environment, folder=stack.project))


def _seconds(result: driver.Result) -> float:
    """Return how long a command of the lab says that pulumi took."""
    found = re.search(r"pulumi (?:up|preview) took (?:(\d+) min )?([\d.]+) s", result.output)
    assert found, result.output
    return 60 * int(found[1] or 0) + float(found[2])


def _table(figures: Mapping[int, Figures]) -> str:
    """Return the figures as lines, with what each site more costs."""
    lines = [
        f"\nload of the machine at the end: {os.getloadavg()[0]:.1f}",
        f"{'sites':>8} {'up':>8} {'no-op preview':>14} {'with rules':>11}  (s)",
    ]
    for count, each in figures.items():
        lines.append(f"{count:>8} {each.update:>8.1f} {each.preview:>14.2f} {each.with_rules:>11.1f}")
    for fewer, more in pairwise(figures):
        first, last, added = figures[fewer], figures[more], more - fewer
        up, preview = (last.update - first.update) / added, (last.preview - first.preview) / added
        lines.append(f"each site more, from {fewer} to {more}: {up:.2f} s of up, {preview:.3f} s of preview")
    return "\n".join([*lines, ""])
