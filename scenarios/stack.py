"""The stack of a scenario: the program of this project on the lab, with a configuration and a state of its own."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from lab import paths
from lab.pki import write_secret
from lab.stacks import Stack

from .commands import Answer, Commands

FOLDER = paths.CLUSTER / "scenarios"
"""One folder for each scenario; like the cluster, it goes with `make down`."""


@dataclass(frozen=True)
class ScenarioStack(Stack):
    """A stack whose configuration is made at run time."""

    commands: Commands = field(default_factory=Commands)

    @property
    def folder(self) -> Path:
        """Where everything of the scenario is."""
        return FOLDER / self.name

    @property
    def source(self) -> Path:
        """The configuration before it was pointed at the cluster."""
        return self.folder / "stack.yaml"

    def configure(self, config: Mapping[str, Any]) -> None:
        """Give the stack a configuration, and make the stack if it is new."""
        self.folder.mkdir(parents=True, exist_ok=True)
        write_secret(self.source, yaml.safe_dump({"config": config}, sort_keys=False))
        self.prepare()

    def pulumi_quietly(self, command: str, *arguments: str, tidying: bool = False) -> Answer:
        """Run a command that runs the program, and return what it said."""
        return self.commands.run(
            self.command(command, "--yes", "--skip-preview", "--non-interactive", "--color=never", *arguments),
            environment=self.environment,
            folder=paths.REPOSITORY,
            tidying=tidying,
        )
