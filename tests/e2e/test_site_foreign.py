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
    """The foreign program in a folder and with a state of its own, and an empty environment with the built package."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "foreign"
        shutil.copytree(PROGRAM, self._folder, ignore=shutil.ignore_patterns("__pycache__"))
        _install(self._folder / "venv", folder)
        state = folder / "state"
        state.mkdir()
        (state / "passphrase").write_text("foreign")
        self._environment = {
            **engine.environment(state, driver.KUBECONFIG),
            "PULUMI_CONFIG_PASSPHRASE_FILE": str(state / "passphrase"),
            # As Pulumi.yaml says, too; but the language host that the lab can build is too old to read it there.
            "PULUMI_PYTHON_CMD": str(self._folder / "venv" / "bin" / "python"),
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


def _install(environment: Path, folder: Path) -> None:
    """Build the package, and install it into a new environment with what it says it depends on."""
    wheels = folder / "wheels"
    pip = ["-m", "pip", "--quiet", "--disable-pip-version-check"]
    python = driver.REPOSITORY / ".venv" / "bin" / "python"
    build: list[str | Path] = [
        *pip,
        "wheel",
        "--no-deps",
        "--no-build-isolation",
        "--wheel-dir",
        wheels,
        driver.REPOSITORY,
    ]
    driver.must(driver.run([python, *build]))
    driver.must(driver.run([python, "-m", "venv", environment]))
    # The versions that are tested here; the package itself allows later ones.
    pins = [
        line.partition(" ")[0]
        for line in (driver.REPOSITORY / "requirements.txt").read_text().splitlines()
        if "==" in line
    ]
    (folder / "constraints.txt").write_text("\n".join(pins))
    driver.must(
        driver.run(
            [
                environment / "bin" / "python",
                *pip,
                "install",
                "--constraint",
                folder / "constraints.txt",
                *wheels.iterdir(),
            ]
        )
    )


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
