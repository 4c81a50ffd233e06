"""Somebody else's program, which imports the components and knows nothing else of this project."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab import engine
from tests.e2e import driver
from tests.e2e.probe_stack import engine_program

PROGRAM = driver.REPOSITORY / "tests" / "foreign"


class Foreign:
    """The foreign program in a folder and with a state of its own; the components are on its path, as if installed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "foreign"
        shutil.copytree(PROGRAM, self._folder, ignore=shutil.ignore_patterns("__pycache__"))
        packages = folder / "packages"
        shutil.copytree(driver.REPOSITORY / "components", packages / "components")
        state = folder / "state"
        state.mkdir()
        (state / "passphrase").write_text("foreign")
        self._environment = {
            **engine.environment(state, driver.KUBECONFIG),
            "PULUMI_CONFIG_PASSPHRASE_FILE": str(state / "passphrase"),
            "PYTHONPATH": str(packages),
        }

    def pulumi(self, *arguments: str) -> str:
        program = engine_program(self._environment)
        return driver.must(
            driver.run(
                [program, *arguments, "--non-interactive", "--color=never"],
                environment=self._environment,
                folder=self._folder,
            )
        ).output


@pytest.fixture
def foreign(tmp_path: Path) -> Iterator[Foreign]:
    made = Foreign(tmp_path)
    made.pulumi("stack", "init", "shop")
    yield made
    made.pulumi("destroy", "--yes", "--skip-preview")


def test_a_foreign_program_has_several_sites_side_by_side_without_any_configuration(foreign: Foreign) -> None:
    foreign.pulumi("up", "--yes", "--skip-preview")

    sites = json.loads(foreign.pulumi("stack", "output", "--json"))
    assert {name: found["verdict"] for name, found in sites.items()} == dict.fromkeys(
        ("shop", "till", "store"), "verified"
    )
    assert len({found["ca"] for found in sites.values()}) == 3
    assert sites["store"]["url"].endswith(".svc.cluster.local:8443/")
    assert "unchanged" in foreign.pulumi("preview", "--expect-no-changes")
    assert foreign.pulumi("config", "--json").strip() == "{}"
