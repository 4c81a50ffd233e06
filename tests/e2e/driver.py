"""The hands of the end-to-end tests: make, kubectl, curl and pulumi as a person would type them."""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lab import builds

REPOSITORY = Path(__file__).resolve().parent.parent.parent
LAB = Path(os.environ.get("LAB_DIR") or REPOSITORY / ".lab").absolute()
KUBECONFIG = LAB / "kubeconfig"
NAMESPACE = "secure-nginx-dev"
SITE = "my-nginx"
NODE_TWINS = {"10.89.0.11": "127.89.0.11", "10.89.0.12": "127.89.0.12"}


@dataclass(frozen=True)
class Result:
    """How a command ended and all that it said."""

    code: int
    output: str
    seconds: float


@dataclass
class Measurements:
    """Figures for the table at the end of a run: name to (value, goal or None)."""

    rows: dict[str, tuple[float, float | None]] = field(default_factory=dict)

    def add(self, name: str, value: float, goal: float | None = None) -> None:
        self.rows[name] = (value, goal)


def run(
    command: Sequence[str | Path],
    *,
    environment: Mapping[str, str] | None = None,
    folder: Path = REPOSITORY,
    seconds: float = 300,
) -> Result:
    """Run a command to its end; standard output and error are one text."""
    started = time.monotonic()
    done = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env={**os.environ, **(environment or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",  # OpenSSL's client also prints frames of HTTP/2, when they come before it has ended
        timeout=seconds,
        check=False,
    )
    return Result(done.returncode, done.stdout, time.monotonic() - started)


def must(result: Result) -> Result:
    """Return a result that has to be a success."""
    assert result.code == 0, result.output
    return result


def copy_project(copy: Path) -> Path:
    """Copy the project, to be changed at will; the copy uses the packages of the real one."""
    left_out = shutil.ignore_patterns(".git", ".lab", ".venv", "*_cache", "__pycache__")
    shutil.copytree(REPOSITORY, copy, ignore=left_out)
    (copy / ".venv").symlink_to(REPOSITORY / ".venv")
    return copy


def go_build(module: str, target: Path, *packages: str) -> None:
    """Build programs of one of the lab's Go modules into a folder; Go's cache makes a second time quick."""
    command: list[str | Path] = ["go", "build", *builds.COMPILING, "-ldflags", "-s -w", "-o", target, *packages]
    must(run(command, folder=REPOSITORY / "lab" / "go" / module, environment=builds.ENVIRONMENT, seconds=900))


def make(*arguments: str, environment: Mapping[str, str] | None = None, folder: Path = REPOSITORY) -> Result:
    """Run a make target."""
    return run(["make", "--no-print-directory", *arguments], environment=environment, folder=folder)


def kubectl(*arguments: str) -> str:
    """Run kubectl on the lab and return what it printed."""
    return must(run([LAB / "bin" / "kubectl", f"--kubeconfig={KUBECONFIG}", *arguments])).output


def objects(kind: str, *, selector: str = "", namespace: str = NAMESPACE) -> list[dict[str, Any]]:
    """Return the objects of a kind."""
    command = ["get", kind, f"--namespace={namespace}", "--output=json"]
    items: list[dict[str, Any]] = json.loads(kubectl(*command, *([f"--selector={selector}"] if selector else [])))[
        "items"
    ]
    return items


def outputs(stack: str = "dev") -> dict[str, Any]:
    """Return a stack's outputs as other programs read them."""
    text = must(make("pulumi", f"STACK={stack}", "ARGS=stack output --json")).output
    values: dict[str, Any] = json.loads(text)
    return values


def pulumi_state(stack: str = "dev") -> dict[str, Any]:
    """Return a stack's exported state, secrets encrypted."""
    state: dict[str, Any] = json.loads(must(make("pulumi", f"STACK={stack}", "ARGS=stack export")).output)
    return state


def curl(url: str, *, authority: Path, connect_to: str, options: Sequence[str] = ()) -> Result:
    """Fetch a page from outside of the cluster; the given authority is the only one that counts."""
    return run([
        "curl", "--silent", "--show-error", "--max-time", "10", "--noproxy", "*", "--cacert", authority,
        "--capath", "/dev/null", "--connect-to", f"::{connect_to}", *options, url,
    ])  # fmt: skip
