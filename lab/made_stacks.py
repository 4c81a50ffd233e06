"""Stacks whose configuration is made at run time, as of scenarios and the bench."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from lab import preparing
from lab.pki import write_secret
from lab.stacks import Stack


class MadeStack(Stack):
    """A stack whose configuration is made at run time. Its folder has to be its own."""

    @property
    def source(self) -> Path:
        """The configuration before it is pointed at the lab."""
        return self.folder / "stack.yaml"

    def configure(self, config: Mapping[str, Any]) -> None:
        """Give the stack a configuration, by key with the project's prefix, and make the stack if it is new."""
        self.folder.mkdir(parents=True, exist_ok=True)
        write_secret(self.source, yaml.safe_dump({"config": config}, sort_keys=False))
        preparing.prepare(self)
