"""Fixtures of the end-to-end tests, and the table of figures at their end."""

import os
import signal
from pathlib import Path
from typing import Any

import pytest

from lab import check
from tests.e2e import driver

# As in the lab's own command: a job in the background is deaf to SIGINT, and pulumi waits for what does not hear it.
signal.signal(signal.SIGINT, signal.default_int_handler)

if check.pulumi_on_path() is None:
    # The lab plays the clusters of users, for which its own plugin has to be asked for.
    os.environ["LAB_ENGINE"] = "source"

_MEASUREMENTS = driver.Measurements()

_GROUPS = {
    "test_deployment.py": "dev",
    "test_failures.py": "dev",
    "test_scenarios.py": "dev",  # as the tutorial does, which is read there
    "test_probe_faults.py": "probes",
    "test_probe_gate.py": "probes",
}
"""Files that work on the same objects; every other file has objects of its own."""


@pytest.fixture(scope="session")
def measurements() -> driver.Measurements:
    return _MEASUREMENTS


@pytest.fixture
def deployed() -> dict[str, Any]:
    """The dev stack as `make up` leaves it; its outputs."""
    driver.must(driver.make("up"))
    return driver.outputs()


@pytest.fixture
def authority(deployed: dict[str, Any], tmp_path: Path) -> Path:
    """A file with the certificate of the deployed site's authority."""
    file = tmp_path / "ca.crt"
    file.write_text(deployed["caCertificate"])
    return file


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the project, to be changed at will; it uses the lab and the packages of the real one."""
    return driver.copy_project(tmp_path / "project")


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Say of each test what it may run beside, and let the tests of the lab itself come last, which stop it.

    Figures are taken, and the lab is stopped, with nothing beside it. All tests on the same objects are one group: two
    groups do not disturb each other.
    """
    items.sort(key=_stops_the_lab)
    for item in items:
        if _stops_the_lab(item) or "measurements" in _fixtures(item):
            item.add_marker(pytest.mark.alone)
        group = "dev" if "deployed" in _fixtures(item) else _GROUPS.get(item.path.name, item.path.stem)
        item.add_marker(pytest.mark.xdist_group(group))


def _stops_the_lab(item: pytest.Item) -> bool:
    return item.path.name == "test_lab.py"


def _fixtures(item: pytest.Item) -> list[str]:
    assert isinstance(item, pytest.Function)
    return item.fixturenames


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print the figures: they inform, and never fail a run, since machines are noisy."""
    if _MEASUREMENTS.rows:
        terminalreporter.section("measured")
        for name, (value, goal) in _MEASUREMENTS.rows.items():
            line = f"{name:<58} {value:8.1f}"
            if goal is not None:
                line += f"   goal {goal:8.1f}   {'met' if value <= goal else 'MISSED'}"
            terminalreporter.write_line(line)
