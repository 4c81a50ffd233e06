"""Stacks: where their state is, and the pulumi commands on them.

Pulumi likes to write an encryption salt into `Pulumi.<stack>.yaml`. So each stack's configuration
is copied to the folder of its state, where the salt is added, and every command is pointed at the
copy: the repository stays clean.
"""

import json
import os
import secrets
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from lab import engine, paths, topology
from lab.errors import LabError
from lab.pki import write_secret
from lab.run import run

PROJECT_FILE = "Pulumi.yaml"


@dataclass(frozen=True)
class Stack:
    """One stack of the project, on the lab or on a cluster of the user's."""

    name: str
    """As in `Pulumi.<name>.yaml`."""

    context: str | None = None
    """A context of the user's own kubeconfig; None means the lab."""

    @property
    def folder(self) -> Path:
        """Where the stack's state and the copy of its configuration are."""
        return paths.STACKS_ELSEWHERE if self.context else paths.STACKS_ON_LAB

    @property
    def _configuration(self) -> Path:
        return self.folder / f"Pulumi.{self.name}.yaml"

    @cached_property
    def environment(self) -> Mapping[str, str]:
        """The variables with which Pulumi runs on this stack."""
        return engine.environment(self.folder, None if self.context else paths.KUBECONFIG)

    def exists(self) -> bool:
        """Tell whether the stack was deployed, or tried to be."""
        return self._configuration.exists()

    def prepare(self) -> None:
        """Bring the copy of the configuration up to date, and make the stack if it is new."""
        source = paths.REPOSITORY / f"Pulumi.{self.name}.yaml"
        if not source.exists():
            known = sorted(file.name.split(".")[1] for file in paths.REPOSITORY.glob("Pulumi.*.yaml"))
            raise LabError(f"there is no stack {self.name!r}; these are: {', '.join(known)}", code=2)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        passphrase = self.folder / "passphrase"
        if not passphrase.exists():
            write_secret(passphrase, secrets.token_urlsafe(24))
        shutil.copyfile(paths.REPOSITORY / PROJECT_FILE, self.folder / PROJECT_FILE)
        salt = _load(self._configuration).get("encryptionsalt") if self.exists() else None
        if salt is None:
            self.pulumi("stack", "select", "--create", self.name)
            salt = _load(self._configuration)["encryptionsalt"]
        configuration = {**_load(source), "encryptionsalt": salt}
        self._point_at_cluster(configuration.setdefault("config", {}))
        write_secret(self._configuration, yaml.safe_dump(configuration, sort_keys=False))

    def _point_at_cluster(self, settings: dict[str, Any]) -> None:
        """Say what only the one who chose the cluster knows: its context, or the addresses of the lab's nodes."""
        if self.context:
            settings["secure-nginx:context"] = self.context
            return
        service = settings.get("secure-nginx:service", {})
        if service.get("type") == "NodePort":
            service.setdefault("nodeAddresses", [node.address for node in topology.NODES])

    def run(self, command: str, *arguments: str) -> int:
        """Run a command that runs the program, with the terminal's input and output, and return its exit code."""
        return subprocess.run(
            [
                "pulumi", command, f"--stack={self.name}", f"--config-file={self._configuration}", *arguments,
            ],
            cwd=paths.REPOSITORY,
            env={**os.environ, **self.environment},
            check=False,
        ).returncode  # fmt: skip

    def outputs(self) -> Mapping[str, Any]:
        """Return the stack's outputs."""
        outputs: Mapping[str, Any] = json.loads(self.pulumi("stack", "output", "--json", f"--stack={self.name}"))
        return outputs

    def remove(self) -> None:
        """Forget a stack that has no resources any more."""
        self.pulumi("stack", "rm", "--yes", f"--stack={self.name}")
        self._configuration.unlink(missing_ok=True)

    @property
    def kubectl(self) -> list[str | Path]:
        """The beginning of a kubectl command on the stack's cluster."""
        if self.context:
            return ["kubectl", f"--context={self.context}"]
        return [paths.BIN / "kubectl", f"--kubeconfig={paths.KUBECONFIG}"]

    def pulumi(self, *arguments: str, text: str | None = None) -> str:
        """Run a pulumi command that does not run the program, quietly, and return what it printed."""
        command = ["pulumi", *arguments, "--non-interactive"]
        return run(command, environment=self.environment, folder=self.folder, text=text)


def _load(file: Path) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(file.read_text()) or {}
    return content
