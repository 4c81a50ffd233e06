"""kubectl, on the lab or on a cluster of the user's."""

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from lab import paths, stack_config, topology

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
    file = _file(kubeconfig)
    return [] if file is None else [program, f"{_OPTION}{file}", f"--context={context}"]


def _file(kubeconfig: object) -> Path | None:
    """The file that a stack names as its kubeconfig; None if it has a text or a secret there."""
    if not isinstance(kubeconfig, str) or "\n" in kubeconfig or kubeconfig.lstrip().startswith("{"):
        return None
    # As the plugin reads it: from the project's folder, and `~` alone is a home.
    return paths.REPOSITORY / (paths.at_home(kubeconfig) if kubeconfig.startswith("~/") else kubeconfig)


def leads_to_lab(kubeconfig: object) -> bool:
    """Tell whether a stack's kubeconfig leads, by the lab's context, to the lab and nowhere else.

    So does a file with the lab's own authority, as of a user with few rights there: no other cluster's server has a
    certificate of it.
    """
    file = _file(kubeconfig)
    # It is gone while the lab is down, and leads nowhere else even then.
    if file and file.resolve() == paths.KUBECONFIG.resolve():
        return True
    theirs = _authority(file) if file else None
    return theirs is not None and theirs == _authority(paths.KUBECONFIG)


def _authority(file: Path) -> str | None:
    """The authority that the server of the lab's context has to be of; None if the file does not say, or of any."""
    try:
        content = yaml.safe_load(file.read_text())
        context = _named(content["contexts"])["context"]
        cluster = _named(content["clusters"], context["cluster"])["cluster"]
        # Nothing else is said of it, as that the server may be anyone.
        is_checked = cluster["server"].startswith("https://") and len(cluster) == 2
        return str(cluster["certificate-authority-data"]) if is_checked else None
    except (OSError, ValueError, LookupError, TypeError, AttributeError, yaml.YAMLError):
        return None


def _named(entries: Sequence[Mapping[str, Any]], name: str = topology.CONTEXT) -> Mapping[str, Any]:
    (found,) = (each for each in entries if each["name"] == name)
    return found


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
