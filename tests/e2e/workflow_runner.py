"""Run the workflows of `.github/workflows` on this machine: their own steps, from their own files.

What the forge's actions do is done here in small: a checkout is a clone of a bare repository, an artifact is a folder.
The jobs' steps themselves are run as they are written, with the variables that the files give them and no others.
"""

import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.e2e import driver

_EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")
# Of the machine, and no secret: what every runner has.
_KEPT = (
    "PATH",
    "HOME",
    "LANG",
    "TMPDIR",
    "GOPATH",
    "GOCACHE",
    "GOFLAGS",
    "GOPROXY",
    "GONOSUMDB",
    "GOSUMDB",
    "LAB_ENGINE",
)


@dataclass
class Step:
    """One step that was run: its command, how it ended, what it said, how long it took."""

    command: str
    code: int
    output: str
    seconds: float


@dataclass
class Runner:
    """A machine for jobs, wiped before each.

    Attributes:
        folder: Where everything is.
        repository: The bare repository.
        contexts: Values of expressions, as `secrets.NAME` or `github.token`.
        variables: The variables that a forge sets for every job.
    """

    folder: Path
    repository: Path
    contexts: Mapping[str, str]
    variables: Mapping[str, str]
    artifacts: Path = field(init=False)
    workspace: Path = field(init=False)

    def __post_init__(self) -> None:
        self.artifacts = self.folder / "artifacts"
        self.artifacts.mkdir(exist_ok=True)
        # The same path for each job, as on a forge.
        self.workspace = self.folder / "workspace"

    def job(self, file: str, name: str, ref: str, **contexts: str) -> list[Step]:
        """Run one job of a workflow on a ref and return the steps that were commands."""
        workflow = yaml.safe_load((driver.REPOSITORY / ".github" / "workflows" / file).read_text())
        job = workflow["jobs"][name]
        values = {**self.contexts, "github.workspace": str(self.workspace), **contexts}
        self._wipe()
        self.workspace.mkdir()
        steps: list[Step] = []
        well = True
        outcomes: dict[str, str] = {}
        for step in job["steps"]:
            if not _is_due(step.get("if"), well=well, outcomes=outcomes):
                continue
            if "uses" in step:
                self._action(step["uses"].partition("@")[0], step.get("with") or {}, ref)
                continue
            environment = {**job.get("env", {}), **step.get("env", {})}
            steps.append(self.run(_filled(step["run"], values), _filled_all(environment, values)))
            well = well and steps[-1].code == 0
            outcomes[step.get("id", "")] = "success" if steps[-1].code == 0 else "failure"
        return steps

    def run(self, command: str, environment: Mapping[str, str]) -> Step:
        """Run one command as a step."""
        started = time.monotonic()
        process = subprocess.Popen(
            ["/bin/bash", "-e", "-o", "pipefail", "-c", command],
            cwd=self.workspace,
            env={**self._machine(), **self.variables, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        try:
            output, _ = process.communicate(timeout=300)
        except subprocess.TimeoutExpired:
            # All that it started, too: what is left would wait for ever.
            os.killpg(process.pid, signal.SIGKILL)
            raise
        return Step(command, process.returncode, output, time.monotonic() - started)

    def check_out(self, ref: str, depth: int) -> None:
        """Clone the repository, and put the packages there that a fresh machine would install."""
        git = ["git", "-C", str(self.workspace)]
        self.workspace.mkdir(exist_ok=True)
        driver.must(driver.run([*git, "init", "--quiet"]))
        driver.must(driver.run([*git, "remote", "add", "origin", f"file://{self.repository}"]))
        shallow = [f"--depth={depth}"] if depth else []
        driver.must(driver.run([*git, "fetch", "--quiet", *shallow, "origin", ref]))
        driver.must(driver.run([*git, "checkout", "--quiet", "--detach", "FETCH_HEAD"]))
        (self.workspace / ".venv").symlink_to(driver.REPOSITORY / ".venv")
        for file in self.workspace.glob("requirements*.txt"):
            os.utime(file, (0, 0))

    def _wipe(self) -> None:
        shutil.rmtree(self.workspace, ignore_errors=True)
        shutil.rmtree(self.folder / "lab", ignore_errors=True)

    def _machine(self) -> Mapping[str, str]:
        """What every job finds: programs, and an engine that is built, in a lab of its own without a cluster."""
        lab = self.folder / "lab"
        if not lab.exists():
            lab.mkdir()
            (lab / "bin").symlink_to(driver.LAB / "bin")
        return {"LAB_DIR": str(lab), "CI": "true", **{key: os.environ[key] for key in _KEPT if key in os.environ}}

    def _action(self, name: str, options: Mapping[str, Any], ref: str) -> None:
        match name:
            case "actions/checkout":
                assert options["persist-credentials"] is False
                self.check_out(options.get("ref", ref), options.get("fetch-depth", 1))
            case "actions/upload-artifact":
                shutil.rmtree(self.artifacts / options["name"], ignore_errors=True)
                shutil.copytree(self.workspace / options["path"], self.artifacts / options["name"])
            case "actions/download-artifact":
                shutil.copytree(self.artifacts / options["name"], self.workspace / options["path"])
            case "actions/setup-python" | "actions/setup-go":
                pass
            case _:
                raise AssertionError(name)


def steps(file: Path) -> list[dict[str, Any]]:
    """All steps of a workflow."""
    jobs = yaml.safe_load(file.read_text())["jobs"].values()
    return [step for job in jobs for step in job.get("steps", [])]


def _is_due(condition: str | None, *, well: bool, outcomes: Mapping[str, str]) -> bool:
    """Whether a step is run, by its `if`. Nobody cancels a job here: only outcomes of earlier steps are asked for."""
    if condition is None:
        return well
    terms = condition.removeprefix("${{").removesuffix("}}").split("&&")
    for term in map(str.strip, terms):
        asked = re.fullmatch(r"steps\.([\w-]+)\.outcome == '(\w+)'", term)
        assert asked or term == "!cancelled()", term
        if asked and outcomes.get(asked[1], "skipped") != asked[2]:
            return False
    return True


def _filled_all(values: Mapping[str, str], contexts: Mapping[str, str]) -> dict[str, str]:
    return {key: _filled(str(value), contexts) for key, value in values.items()}


def _filled(text: str, contexts: Mapping[str, str]) -> str:
    return _EXPRESSION.sub(lambda match: contexts[match[1]], text)
