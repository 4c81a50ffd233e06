"""Every case of the tutorials, as `make scenarios` runs them."""

import re
import shlex
import signal
import subprocess
import sys

from scenarios import model
from tests.documents import blocks, likeness
from tests.e2e import driver, site_stack

COMMAND = "make scenarios"
GOAL_SECONDS = 480


def test_every_scenario_holds_and_leaves_nothing(measurements: driver.Measurements) -> None:
    names = [scenario.name for scenario in model.load()]

    result = driver.must(driver.run(shlex.split(COMMAND), seconds=2 * GOAL_SECONDS))

    rows = re.findall(r"^(\S+) +(\S+) +([\d.]+)$", result.output.partition("\nscenario ")[2], re.MULTILINE)
    assert {name: verdict for name, verdict, _ in rows} == dict.fromkeys(names, "verified")
    assert all(float(seconds) > 1 for _, _, seconds in rows)
    assert f"{len(names)} of {len(names)} scenarios hold" in result.output
    assert likeness.difference(_shown_in_the_tutorial(COMMAND), result.output) == ""
    assert _left() == []
    measurements.add("make scenarios (s)", result.seconds, GOAL_SECONDS)


def test_an_interrupted_run_removes_what_it_has_begun() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "scenarios", "headless", "shared-volume"],
        cwd=driver.REPOSITORY,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        site_stack.until(lambda: len(_left()) >= 3, 300, "the scenarios have not begun")
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=180)

    assert process.returncode == 130, said
    assert len(re.findall(r"^(?:headless|shared-volume) +interrupted +-$", said, re.MULTILINE)) == 2
    assert _left() == []


def _shown_in_the_tutorial(command: str) -> str:
    """Return what the tutorial says that a command prints."""
    (output,) = [
        step.output for block in blocks.of("docs/tutorial.md") for step in block.steps if step.command == command
    ]
    return output


def _left() -> list[str]:
    """Return the namespaces and volumes of scenarios."""
    names = driver.kubectl("get", "namespaces,persistentvolumes", "--output=name").split()
    return [name for name in names if "/scenario-" in name]
