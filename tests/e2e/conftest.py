"""Fixtures of the end-to-end tests, and the table of figures at their end."""

import os
import signal
from pathlib import Path
from typing import Any

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from lab import check
from tests.e2e import driver

# As in the lab's own command: a job in the background is deaf to SIGINT, and pulumi waits for what does not hear it.
signal.signal(signal.SIGINT, signal.default_int_handler)

# Tests make, change and destroy the dev stack on the lab, whatever the shell is set to.
for _name in ("BACKEND", "KUBE_CONTEXT", "PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE", "STACK"):
    os.environ.pop(_name, None)
os.environ.pop("PULUMI_CONFIG_PASSPHRASE_FILE", None)
# What `make e2e ARGS=...` is told is for pytest, and not for each make that a test runs.
for _name in ("ARGS", "MAKEFLAGS", "MAKEOVERRIDES", "MFLAGS"):
    os.environ.pop(_name, None)

if check.pulumi_on_path() is None:
    # The lab plays the clusters of users, for which its own plugin has to be asked for.
    os.environ["LAB_ENGINE"] = "source"

_MEASUREMENTS = driver.Measurements()

_GROUPS = {
    "test_deployment.py": "dev",
    "test_documents.py": "dev",
    "test_failures.py": "dev",
    "test_scenarios.py": "dev",  # the scenarios are those of the tutorial, which is read there
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


class _Groups(LoadScopeScheduling):
    """Tests on the same objects go to one worker, one after the other; two groups do not disturb each other."""

    def _split_scope(self, nodeid: str) -> str:
        file = Path(nodeid.partition("::")[0]).name
        return _GROUPS.get(file, file)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    """Decide which tests run beside which."""
    return _Groups(config, log)


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark what has to be alone: figures are taken, moments are hit, and the lab is stopped, with nothing beside it."""
    assert isinstance(item, pytest.Function)
    if _stops_the_lab(item) or {"measurements", "half_way"} & {*item.fixturenames}:
        item.add_marker(pytest.mark.alone)
    shares_dev = "deployed" in item.fixturenames
    assert not shares_dev or _GROUPS.get(item.path.name) == "dev", f"{item.path.name} uses the stack dev: say so above"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the tests of the lab itself come last: they stop it, and leave it down."""
    items.sort(key=_stops_the_lab)


def _stops_the_lab(item: pytest.Item) -> bool:
    return item.path.name == "test_lab.py"


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print the figures: they inform, and never fail a run, since machines are noisy."""
    if _MEASUREMENTS.rows:
        terminalreporter.section("measured")
        for name, (value, goal) in _MEASUREMENTS.rows.items():
            line = f"{name:<58} {value:8.1f}"
            if goal is not None:
                line += f"   goal {goal:8.1f}   {'met' if value <= goal else 'MISSED'}"
            terminalreporter.write_line(line)
