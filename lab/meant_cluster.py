"""Which cluster a stack is meant for: the lab or the user's, by its settings, its context and where it is deployed."""

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lab import kubectl, paths, right_cluster, stack_config, topology
from lab.errors import LabError
from lab.stacks import Stack


def require_meant(stack: Stack) -> None:
    """Refuse a stack of another cluster than the one that is meant: without a context, the lab.

    A removal and a refresh go by the state, which others may share and which leads to the cluster that the stack is on.

    Args:
        stack: The stack.

    Raises:
        LabError: Its file says that it is for another cluster, or there is no such stack.
    """
    if stack.context is None:
        require_for_lab(stack)
    else:
        require_pinned(stack)


def require_for_lab(stack: Stack, *, starting: bool = False) -> None:
    """Raise an error if there is no such stack, or if its settings say that it is for another cluster.

    Args:
        stack: The stack.
        starting: Whether the lab is still to be started, without which no secret can be taken out. Default: no.
    """
    stack.require()
    settings = stack_config.settings_in(stack.source)
    for key in ("secure-nginx:context", "secure-nginx:pinnedContext"):
        context = settings.get(key)
        if context not in (None, topology.CONTEXT):
            raise LabError(
                f"{stack.source.name}: {key} is {context!r}, and the lab's is {topology.CONTEXT!r}; for a cluster "
                f"of your own set KUBE_CONTEXT={shlex.quote(str(context))}",
                code=2,
            )
    require_kubeconfig_of_lab(stack, stack.source if starting else stack.configuration)


def require_kubeconfig_of_lab(stack: Stack, written: Path) -> None:
    """Raise an error if the stack has a kubeconfig in which the context of the lab's name may lead elsewhere.

    Args:
        stack: The stack.
        written: The copy of its configuration, in which a secret one is.
    """
    kubeconfig = kubectl.configured(stack.source, written)
    if kubeconfig and not kubectl.leads_to_lab(kubeconfig):
        command = stack.make("config rm secure-nginx:kubeconfig")
        raise LabError(
            f"{stack.source.name}: secure-nginx:kubeconfig is set, and may lead elsewhere than to the lab; for a "
            "cluster of your own set KUBE_CONTEXT=<its context>, for the lab take the key out (one that was set as "
            f"a secret by `{command}`)",
            code=2,
        )


def require_pinned(stack: Stack) -> None:
    """Raise an error if there is no such stack, or if its file pins it to another context than the user's."""
    stack.require()
    settings = stack_config.settings_in(stack.source)
    right_cluster.require_pinned({**settings, "secure-nginx:context": stack.context})


def require_not_elsewhere(stack: Stack) -> None:
    """Raise an error if the stack, of which nothing is here, is on another cluster, or if there is none at all."""
    copy = (paths.STACKS_ON_LAB if stack.context else paths.STACKS_ELSEWHERE) / stack.configuration.name
    if not copy.exists():
        stack.require()
        return
    context = str(_context_in(copy))
    remedy = "unset KUBE_CONTEXT" if stack.context else f"set KUBE_CONTEXT={shlex.quote(context)}"
    raise LabError(f"the stack {stack.name} is not here, but known for the context {context!r}: {remedy}", code=2)


def require_unmoved(stack: Stack, settings: Mapping[str, Any]) -> None:
    """Refuse a context that the stack is not deployed to, unless the settings say which cluster it is.

    Without such a setting the context is the cluster's name, and to another one all moves: made anew there, and
    deleted here. The lab's own states go with their cluster.
    """
    if any(settings.get(f"secure-nginx:{key}") for key in ("clusterIdentifier", "pinnedContext")):
        return
    context = settings.get("secure-nginx:context")
    is_here = stack.context is None or (stack.exists() and context == _context_in(stack.configuration))
    if is_here and not stack.has_shared_state:
        return
    deployed = _clusters(stack)
    if not deployed or context in deployed:
        return
    before = ", ".join(sorted(deployed))
    raise LabError(
        f"the stack {stack.name} is deployed to the context {before!r}, and this is {context!r}: all would be made "
        f"anew here and deleted there. Set KUBE_CONTEXT={before}, or use another stack here. If both are one "
        f"cluster, say so in {stack.source.name}: `secure-nginx:clusterIdentifier: {before}`",
        code=2,
    )


def _clusters(stack: Stack) -> set[str]:
    """The clusters that the state has objects on, by the name that the provider has for each."""
    providers = [
        each["inputs"]
        for each in stack.first_export["deployment"].get("resources", [])
        if each["type"] == "pulumi:providers:kubernetes"
    ]
    return {inputs.get("clusterIdentifier") or inputs.get("context", "") for inputs in providers}


def _context_in(file: Path) -> object:
    """The context in a configuration; None if it says nothing about it."""
    return stack_config.settings_in(file).get("secure-nginx:context")
