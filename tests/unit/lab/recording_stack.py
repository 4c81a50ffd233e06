"""A stack without an engine."""

import json
from pathlib import Path
from typing import Any

from lab.stacks import Stack


class RecordingStack(Stack):
    """A stack whose engine only takes note of what it is asked."""

    def __init__(self, folder: Path, state: dict[str, Any]) -> None:
        super().__init__("dev")
        object.__setattr__(self, "asked", [])
        object.__setattr__(self, "home", folder)
        object.__setattr__(self, "state", state)

    asked: list[tuple[str, ...]]
    imported: dict[str, Any]
    home: Path
    state: dict[str, Any]

    @property
    def folder(self) -> Path:
        return self.home

    def pulumi(self, *arguments: str, text: str | None = None) -> str:
        self.asked.append(arguments)
        if text is not None:
            object.__setattr__(self, "imported", json.loads(text))
        return json.dumps({"deployment": self.state})
