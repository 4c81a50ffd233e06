"""kubectl, on the lab or on a cluster of the user's."""

import shutil
from pathlib import Path

from lab import paths


def command(context: str | None) -> list[str | Path]:
    """Return the beginning of a kubectl command.

    Args:
        context: A context of the user's own kubeconfig, for which kubectl is taken from PATH, or else the lab's if that
            is built; None for the lab.
    """
    built = paths.BIN / "kubectl"
    if context is None:
        return [built, f"--kubeconfig={paths.KUBECONFIG}"]
    return [built if built.exists() and not shutil.which("kubectl") else "kubectl", f"--context={context}"]
