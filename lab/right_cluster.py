"""The one cluster that a stack is for. The program compares as well, but a refresh and a removal do not run it."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from lab.errors import LabError
from lab.run import run

_CONTEXT = "secure-nginx:context"
_PINNED = "secure-nginx:pinnedContext"
_UID = "secure-nginx:clusterUid"
_IDENTIFIER = "secure-nginx:clusterIdentifier"


def require_pinned(settings: Mapping[str, Any]) -> None:
    """Refuse a context other than the pinned one.

    Args:
        settings: The stack's configuration, by key with the project's prefix, with the context that is meant.

    Raises:
        LabError: It is another one.
    """
    context, pinned = settings.get(_CONTEXT), settings.get(_PINNED)
    if pinned and str(context) != str(pinned):
        raise LabError(
            f"{_CONTEXT}: {context!r} is not allowed in this environment; use the pinned one, {pinned!r}", code=2
        )


def require_same(settings: Mapping[str, Any], state: Callable[[], Mapping[str, Any]]) -> None:
    """Refuse a context other than the one to which the state leads: a refresh and a removal go by that.

    Args:
        settings: The stack's configuration, by key with the project's prefix, with the context that is meant.
        state: Gives the exported state; it is asked for only where the settings say which cluster it is. Without that,
            no other context comes so far.

    Raises:
        LabError: It is another one.
    """
    context = settings.get(_CONTEXT)
    if not any(settings.get(key) for key in (_PINNED, _UID, _IDENTIFIER)):
        return
    for resource in state()["deployment"].get("resources", []):
        if resource["type"] != "pulumi:providers:kubernetes" or resource.get("delete"):
            continue
        theirs = resource.get("inputs", {}).get("context", context)
        if theirs != context:
            raise LabError(
                f"{_CONTEXT}: {context!r} is not where the state leads, which is {theirs!r}; a refresh and a removal "
                f"go by the state. Set KUBE_CONTEXT={theirs}, or let `make up` bring the state to {context!r} first",
                code=2,
            )


def require_recognised(settings: Mapping[str, Any], kubectl: Sequence[str | Path]) -> None:
    """Refuse another cluster than the one whose UID the settings have.

    On it, a refresh would find nothing, and drop every object from the state.

    Args:
        settings: The stack's configuration, by key with the project's prefix.
        kubectl: The beginning of a kubectl command on the stack's cluster. Empty where that is not to be asked: the
            state then has the kubeconfig itself, and no name that could lead elsewhere.

    Raises:
        LabError: It is another one, or that could not be found out.
    """
    expected = settings.get(_UID)
    if not (expected and kubectl):
        return
    where = ["namespace", "kube-system", "--output=jsonpath={.metadata.uid}", "--request-timeout=30s"]
    try:
        found = run([*kubectl, "get", *where]).strip()
    except LabError as error:
        raise LabError(
            f"{_UID}: whether this is the cluster {expected!r} could not be found out; mend that, or take the setting "
            f"out if any cluster will do: {error}",
            code=error.code,
        ) from error
    if found != str(expected):
        raise LabError(
            f"{_UID}: {expected!r} is not the cluster that the context {settings.get(_CONTEXT)!r} leads to, which is "
            f"{found!r}; mend the kubeconfig, or change clusterUid if that is the stack's cluster now",
            code=2,
        )
