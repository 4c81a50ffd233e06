"""Stacks: where their state is, and the pulumi commands on them.

Which cluster one is for, `meant_cluster` tells; who has to wait, `turns`; `preparing` puts it where commands find it.
"""

import json
import os
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from lab import (
    checkpoint,
    copies,
    engine,
    kubectl,
    namespaces,
    paths,
    policies,
    right_cluster,
    stack_config,
)
from lab.errors import LabError
from lab.run import run


@dataclass(frozen=True)
class Stack:
    """One stack of the project, on the lab or on a cluster of the user's."""

    name: str
    """As in `Pulumi.<name>.yaml`."""

    context: str | None = None
    """A context of the user's own kubeconfig; None means the lab."""

    @property
    def folder(self) -> Path:
        """Where the copy of the stack's configuration is, and its state if that is on this machine alone.

        A shared state is encrypted by itself, and so is what is secret in the copy that goes with it.
        """
        own = paths.STACKS_ELSEWHERE if self.context else paths.STACKS_ON_LAB
        return own / "shared" if self.has_shared_state else own

    @property
    def source(self) -> Path:
        """The stack's own configuration."""
        return paths.REPOSITORY / f"Pulumi.{self.name}.yaml"

    @property
    def configuration(self) -> Path:
        """The copy of the configuration, which Pulumi reads and writes."""
        return self.folder / f"Pulumi.{self.name}.yaml"

    @cached_property
    def environment(self) -> Mapping[str, str]:
        """The variables with which Pulumi runs on this stack."""
        return engine.environment(self.folder, None if self.context else paths.KUBECONFIG)

    @property
    def has_shared_state(self) -> bool:
        """Whether the state is where the user says, and other machines may use it, too."""
        return bool(os.environ.get("PULUMI_BACKEND_URL"))

    def exists(self) -> bool:
        """Tell whether the stack was deployed, or tried to be."""
        return self.configuration.exists()

    def require(self) -> None:
        """Raise an error if its state is not where somebody means it to be, or if there is no stack of this name."""
        engine.require_state()
        if not self.source.exists():
            known = ", ".join(stack_config.names(paths.REPOSITORY))
            raise LabError(f"there is no stack {self.name!r}; these are: {known}", code=2)

    def select(self, *, may_be_new: bool) -> None:
        """Have the backend find the stack, and make it if it may be new.

        Raises:
            LabError: It is not there, or the passphrase is none for the copy of the configuration.
        """
        try:
            self.pulumi("stack", "select", *(["--create"] if may_be_new else []), self.name)
        except LabError as error:
            if self.exists() and "incorrect passphrase" in str(error):
                remedy = f"{self.configuration} is of another state. Move it away if the stack is new on this backend"
                raise LabError(f"{error}\n{remedy}") from error
            raise

    @property
    def before_rotation(self) -> Path:
        """Where the configuration is kept while a rotation of the passphrase runs, and after one that was killed."""
        return self.configuration.with_name(f"{self.configuration.name}.before-rotation")

    def settle_rotation(self) -> None:
        """Bring the configuration in line with the state after a killed rotation; only within `turns.steady`."""
        if self.before_rotation.exists():
            copies.settle(self.configuration, self.before_rotation, self.state_salt())

    def state_salt(self) -> str | None:
        """Return the salt of the passphrase that the state is encrypted with; None if the backend has no salts."""
        return salt_in(self._export_by_engine())

    def command(self, command: str, *arguments: str) -> list[str]:
        """The command line of a command that runs the program, in the project's folder."""
        rules = []
        if command in {"preview", "up"}:
            # Not earlier: what takes a secret out again is a command of pulumi's as well, after `prepare`.
            stack_config.require_secrets_in_place(self._settings, self.make)
            namespaces.require_kept(self.source.name, self._settings, lambda: self.first_export)
            rules = policies.options(self._settings)
        else:
            right_cluster.require_same(self._settings, lambda: self.first_export)
            right_cluster.require_recognised(self._settings, self.kubectl)
        return ["pulumi", command, f"--stack={self.name}", f"--config-file={self.configuration}", *rules, *arguments]

    def make(self, arguments: str) -> str:
        """The command with which a user has Pulumi do something with the stack."""
        return f"{self.target('pulumi')} ARGS={shlex.quote(arguments)}"

    def target(self, name: str) -> str:
        """The command with which a user has make do something with the stack."""
        cluster = f" KUBE_CONTEXT={shlex.quote(self.context)}" if self.context else ""
        # The address may have a password in it. Without, a state of this name on this machine would be meant.
        state = " BACKEND=..." if self.has_shared_state else ""
        return f"make {name} STACK={self.name}{cluster}{state}"

    def lab(self, command: str) -> str:
        """The same without make, for arguments that make would change: a `$` is one of its own."""
        state = "PULUMI_BACKEND_URL=... " if self.has_shared_state else ""
        cluster = f" --context={shlex.quote(self.context)}" if self.context else ""
        return f"{state}.venv/bin/python -m lab {command} --stack={self.name}{cluster}"

    @property
    def must_keep_to_rules(self) -> bool:
        """Whether breaking a rule of the policy pack stops the stack."""
        return policies.are_binding(self._settings)

    @cached_property
    def _settings(self) -> Mapping[str, Any]:
        settings: Mapping[str, Any] = stack_config.load(self.configuration)["config"]
        return settings

    @cached_property
    def first_export(self) -> Mapping[str, Any]:
        """The state as this command found it. A backend may be far away: it is asked once."""
        return self.export()

    def export(self) -> Mapping[str, Any]:
        """Return the state as it is now, as `pulumi stack export` prints it."""
        here = None if self.has_shared_state else checkpoint.read(self.folder, self.name)
        return self._export_by_engine() if here is None else here

    def _export_by_engine(self) -> Mapping[str, Any]:
        state: Mapping[str, Any] = json.loads(self.pulumi("stack", "export", f"--stack={self.name}"))
        return state

    def outputs(self) -> Mapping[str, Any]:
        """Return the stack's outputs."""
        outputs: Mapping[str, Any] = json.loads(self.pulumi("stack", "output", "--json", f"--stack={self.name}"))
        return outputs

    def remove(self) -> None:
        """Forget a stack that has no resources any more."""
        self.pulumi("stack", "rm", "--yes", f"--stack={self.name}")
        for file in (self.configuration, *copies.all_aside(self.configuration)):
            file.unlink(missing_ok=True)

    @property
    def kubectl(self) -> list[str | Path]:
        """The beginning of a kubectl command on the stack's cluster; empty where that is not to be asked."""
        if self.context is None:
            return kubectl.command(None)
        return kubectl.command(self.context, kubectl.configured(self.source, self.configuration))

    def pulumi(self, *arguments: str, text: str | None = None) -> str:
        """Run a pulumi command that does not run the program, quietly, and return what it printed."""
        command = ["pulumi", *arguments, "--non-interactive"]
        return run(command, environment=self.environment, folder=self.folder, text=text)


def salt_in(state: Mapping[str, Any]) -> str | None:
    """Return the salt of the passphrase that an exported state is encrypted with; None if it has none."""
    provider: Mapping[str, str] = state["deployment"].get("secrets_providers", {}).get("state") or {}
    return provider.get("salt")
