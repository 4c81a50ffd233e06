"""kubectl, on the lab or on a cluster of the user's."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from lab import paths, stack_config

NOT_ASKED = "secure-nginx:kubeconfig is no path of a file but a text or a secret, which the engine alone is given"
"""Why the cluster of some stacks is not asked: the one that kubectl would find by itself may be another."""

_OPTION = "--kubeconfig="
_KEY = "secure-nginx:kubeconfig"


def command(context: str | None, kubeconfig: object = None) -> list[str | Path]:
    """Return the beginning of a kubectl command; empty where the cluster is not to be asked (`NOT_ASKED`).

    Args:
        context: A context of the user's own kubeconfig, for which kubectl is taken from PATH, or else the lab's if that
            is built; None for the lab.
        kubeconfig: What a stack says of the kubeconfig that the context is in. Default: what kubectl finds.
    """
    built = paths.BIN / "kubectl"
    if context is None:
        return [built, f"{_OPTION}{paths.KUBECONFIG}"]
    program = built if built.exists() and not shutil.which("kubectl") else "kubectl"
    if not kubeconfig:
        return [program, f"--context={context}"]
    if not isinstance(kubeconfig, str) or "\n" in kubeconfig or kubeconfig.lstrip().startswith("{"):
        return []
    # As the plugin reads it: from the project's folder, and `~` alone is a home.
    file = paths.REPOSITORY / (Path(kubeconfig).expanduser() if kubeconfig.startswith("~/") else kubeconfig)
    return [program, f"{_OPTION}{file}", f"--context={context}"]


def configured(source: Path, written: Path) -> object:
    """Return what a stack says of its kubeconfig; None if nothing.

    Args:
        source: Its own file.
        written: The copy of it, in which alone is what was set as a secret.

    Raises:
        LabError: A file cannot be read.
    """
    own, secret = _said(source), _said(written)
    return own or (secret if isinstance(secret, dict) else None) or stack_config.project_default("kubeconfig")


def kubeconfig_of(command: Sequence[str | Path]) -> str:
    """The path of the kubeconfig that a command names; empty if it names none."""
    named = (str(each).removeprefix(_OPTION) for each in command if str(each).startswith(_OPTION))
    return next(named, "")


def _said(file: Path) -> object:
    return stack_config.settings_in(file).get(_KEY) if file.exists() else None
