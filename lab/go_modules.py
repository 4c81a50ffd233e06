"""Where the source of a Go module lies that another one requires."""

import json
from pathlib import Path

from lab.run import run

ALONE = {"GOWORK": "off"}
"""The variable by which a module is built as it stands, whatever workspace a folder above it has."""


def source(module: str, folder: Path) -> Path:
    """Return the folder in Go's cache with a required module, fetched if it is not there yet.

    Args:
        module: The path of the required module.
        folder: The module that requires it.
    """
    return Path(json.loads(run(["go", "mod", "download", "-json", module], folder=folder, environment=ALONE))["Dir"])
