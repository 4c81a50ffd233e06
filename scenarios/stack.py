"""The stack of a scenario: the program of this project on the lab, with a configuration and a state of its own."""

from dataclasses import dataclass, field
from pathlib import Path

from lab import paths
from lab.made_stacks import MadeStack

from .commands import Answer, Commands

FOLDER = paths.CLUSTER / "scenarios"
"""One folder for each scenario; like the cluster, it goes with `make down`."""


@dataclass(frozen=True)
class ScenarioStack(MadeStack):
    """A stack whose commands can be interrupted together with all others'."""

    commands: Commands = field(default_factory=Commands)

    @property
    def folder(self) -> Path:
        """Where everything of the scenario is."""
        return FOLDER / self.name

    def pulumi_quietly(self, command: str, *arguments: str, tidying: bool = False) -> Answer:
        """Run a command that runs the program, and return what it said."""
        return self.commands.run(
            self.command(command, "--yes", "--skip-preview", "--non-interactive", "--color=never", *arguments),
            environment=self.environment,
            folder=paths.REPOSITORY,
            tidying=tidying,
        )
