"""The facts of a deployed stack, from the engine and the cluster, without changing either."""

import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from lab import paths
from lab.errors import LabError
from lab.kubectl import NOT_ASKED, kubeconfig_of
from lab.run import run
from lab.stacks import Stack
from report import listing, objects, state, survey
from report.facts import Facts
from report.listing import Listing

_KINDS = "deployments,pods,jobs,cronjobs"
_UPDATES = 20
"""How far back the history is read: refreshes are in it too, and the last update is looked for."""

_UNKNOWN = "error: no stack named "
"""How the engine says that its backend does not know a stack; all else that it says is trouble."""

PATIENCE = "5s"
"""How long the cluster may take for an answer."""


def gather(stack: Stack, *, with_logs: bool) -> Facts:
    """Gather what the engine and the cluster know of a stack.

    Args:
        stack: The stack; it need not be prepared, and nothing is made that is not there.
        with_logs: Whether to fetch what every Job of the probe said, rather than the failed ones alone.

    Raises:
        LabError: There is no stack of that name, or what the engine knows of it cannot be read.
    """
    stack.require()
    known = _state(stack)
    if known is None:
        return Facts(stack=stack.name, state=None)
    with ThreadPoolExecutor() as side_by_side:
        history = side_by_side.submit(_engine, stack, "history", "--json", f"--page-size={_UPDATES}")
        try:
            kubectl = stack.kubectl
            if not kubectl:
                raise LabError(NOT_ASKED)
            read = state.read(known)
            lists = side_by_side.map(lambda namespace: _objects(kubectl, namespace), survey.namespaces(read))
            found = [each for one in lists for each in one]
        except LabError as error:
            silence = str(error).splitlines()[-1].strip()
            return Facts(stack=stack.name, state=known, history=history.result(), silence=silence)
        jobs = [
            each["metadata"] for each in found if each["kind"] == "Job" and (with_logs or objects.holds(each, "Failed"))
        ]
        kinds = listing.kinds(read.resources).items()
        listings = side_by_side.map(lambda asked: _listing(kubectl, *asked), kinds)
        logs = dict(side_by_side.map(lambda job: _log(kubectl, job), jobs))
        return Facts(
            stack=stack.name,
            state=known,
            history=history.result(),
            objects=found,
            listings=tuple(listings),
            logs=logs,
            kubeconfig=kubeconfig_of(kubectl),
        )


def _state(stack: Stack) -> Mapping[str, Any] | None:
    """The stack's state; None if there is no such stack yet."""
    # A state that several machines share may know what was never deployed from this one.
    if not stack.exists() and not stack.has_shared_state:
        return None
    try:
        found: Mapping[str, Any] = _engine(stack, "export")
    except LabError as error:
        if _UNKNOWN in str(error):
            return None
        raise
    return found


def _engine(stack: Stack, *arguments: str) -> Any:
    """What the engine prints about the stack, as JSON."""
    command = ["stack", *arguments, f"--stack={stack.name}"]
    if stack.exists():
        return json.loads(stack.pulumi(*command))
    # The stack's own folder need not be there.
    whole = ["pulumi", *command, "--non-interactive"]
    return json.loads(run(whole, environment=stack.environment, folder=paths.REPOSITORY))


def _objects(kubectl: Sequence[str | Path], namespace: str) -> Sequence[Mapping[str, Any]]:
    selected = [f"--namespace={namespace}", f"--selector={survey.OBJECT_LABEL}", f"--request-timeout={PATIENCE}"]
    found: Sequence[Mapping[str, Any]] = json.loads(run([*kubectl, "get", _KINDS, *selected, "--output=json"]))["items"]
    return found


def _listing(kubectl: Sequence[str | Path], namespace: str, kinds: Sequence[str]) -> Listing:
    try:
        return Listing(namespace=namespace, names=frozenset(_names(kubectl, namespace, kinds)))
    except LabError:
        # One kind that may not be listed, or that the cluster no longer knows, hides what it says of the others.
        found: set[str] = set()
        refused: set[str] = set()
        for kind in kinds:
            try:
                found.update(_names(kubectl, namespace, [kind]))
            except LabError:
                refused.add(kind)
        return Listing(namespace=namespace, names=frozenset(found), refused=frozenset(refused))


def _names(kubectl: Sequence[str | Path], namespace: str, kinds: Sequence[str]) -> list[str]:
    """The names of all objects of some kinds, as the API server prints them: what is in them stays with it."""
    where = [f"--namespace={namespace}"] if namespace else []
    options = [*where, "--show-kind", "--no-headers", f"--request-timeout={PATIENCE}"]
    said = run([*kubectl, "get", ",".join(kinds), *options])
    return [line.split()[0] for line in said.splitlines() if line.strip()]


def _log(kubectl: Sequence[str | Path], job: Mapping[str, Any]) -> tuple[str, str]:
    namespace, name = job["namespace"], job["name"]
    try:
        options = [f"--namespace={namespace}", f"--request-timeout={PATIENCE}"]
        said = run([*kubectl, "logs", f"job/{name}", *options])
    except LabError:
        # Its pod is gone, or has not begun: the Job itself still tells how it ended.
        said = ""
    return f"{namespace}/{name}", said
