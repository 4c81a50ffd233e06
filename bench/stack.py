"""Stacks of this project that the bench makes, changes and removes."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from lab import cluster, engine, paths
from lab.images import CURL, NGINX
from lab.made_stacks import MadeStack
from lab.recovery import recover

from .errors import BenchError

FOLDER = paths.CLUSTER / "bench"
"""Everything of the running bench; like the cluster, it goes with `make down`."""

_LAST_LINES = 40


@dataclass(frozen=True)
class BenchStack(MadeStack):
    """A stack with a configuration made at run time and a folder of its own.

    Attributes:
        kubeconfig: What leads to the cluster. Default: the lab's own kubeconfig.
    """

    kubeconfig: Path = paths.KUBECONFIG

    @property
    def folder(self) -> Path:
        """Where everything of the stack is."""
        return FOLDER / self.name

    @property
    def namespace(self) -> str:
        """The stack's namespace."""
        return self.name

    @property
    def fqdn(self) -> str:
        """The name of the stack's only site."""
        return f"my-nginx.{self.namespace}.svc.cluster.local"

    @cached_property
    def environment(self) -> Mapping[str, str]:
        """The variables with which Pulumi runs on this stack."""
        return engine.environment(self.folder, self.kubeconfig)

    def configure(self, values: Mapping[str, Any]) -> None:
        """Give the stack a configuration, by key of the project, and make the stack if it is new."""
        super().configure(configuration(self.namespace, values))

    def up(self, values: Mapping[str, Any]) -> None:
        """Change the configuration and deploy it, as `make up` does.

        Raises:
            BenchError: The update failed.
        """
        self.configure(values)
        recover(self)
        self.quietly("up", "--yes", "--skip-preview")

    def must_be_settled(self) -> None:
        """Look whether the program, the state and the cluster agree.

        Raises:
            BenchError: An update would change something.
        """
        self.quietly("preview", "--expect-no-changes")

    def destroy(self) -> None:
        """Remove the stack, if it was ever made."""
        if self.exists():
            recover(self)
            self.quietly("destroy", "--yes", "--skip-preview")
            self.remove()

    def discard(self) -> None:
        """Remove what a stack that cannot be destroyed has left: its namespace with all in it, and its state."""
        cluster.kubectl("delete", "namespace", self.namespace, "--ignore-not-found")
        shutil.rmtree(self.folder, ignore_errors=True)

    def quietly(self, command: str, *arguments: str) -> str:
        """Run a command that runs the program and return what it said.

        Raises:
            BenchError: It failed; the text has the end of what it said.
        """
        done = subprocess.run(
            self.command(command, *arguments, "--non-interactive", "--color=never"),
            cwd=paths.REPOSITORY,
            env={**os.environ, **self.environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise BenchError(f"pulumi {command} of the stack {self.name} failed:\n{why(done.stdout)}")
        return done.stdout


def why(said: str) -> str:
    """Why an update failed: its diagnostics, which stand before the outputs; the end of all if there are none."""
    diagnostics = said.partition("\nDiagnostics:\n")[2].partition("\nOutputs:\n")[0]
    return "\n".join(f"  {line}" for line in (diagnostics or said).splitlines()[-_LAST_LINES:])


def configuration(namespace: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """A stack's whole configuration: the defaults of the project on the lab's images, and some values on top."""
    own = {
        "context": "lab",
        "namespace": namespace,
        "image": NGINX.reference,
        "service": {"type": "NodePort"},
        "probe": {"image": CURL.reference, "expect": {"bodyText": "Welcome to nginx!"}},
    }
    return {
        "pulumi:disable-default-providers": ["kubernetes"],
        **{f"secure-nginx:{key}": value for key, value in {**own, **values}.items()},
    }
