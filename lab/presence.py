"""Whether the cluster has what an update takes for deployed because the state says so.

Where a cluster was made anew under the name of the old one, nothing changes for an update: no probe runs, and the
verdict is that of a site which is gone.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

from lab.errors import LabError
from lab.gathering import PATIENCE
from lab.kubectl import NOT_ASKED
from lab.progress import say
from lab.run import run
from lab.stacks import Stack
from report.state import State


def require(stack: Stack, known: State) -> None:
    """Refuse to call a stack deployed whose Deployments are gone from the cluster.

    That the cluster cannot be asked makes no failure of an update; it is said.

    Args:
        stack: The stack.
        known: Its state, after the update.

    Raises:
        LabError: One is gone, or another one has its name.
    """
    deployments = [each for each in known.resources if each.type == "kubernetes:apps/v1:Deployment"]
    # What was found again after a broken update, and is not compared yet, has no outputs.
    uids = {each.outputs["metadata"]["uid"]: each.id for each in deployments if each.outputs}
    if not uids:
        return
    try:
        found = _found(stack.kubectl, {identity.partition("/")[0] for identity in uids.values()})
    except LabError as error:
        reason = str(error).splitlines()[-1].strip()
        say(f"Whether the cluster still has what the state calls deployed could not be asked: {reason}")
        return
    if gone := [identity for uid, identity in uids.items() if uid not in found]:
        raise LabError(
            f"the cluster does not have what the state calls deployed, or has another one of its name: Deployment "
            f"{', '.join(sorted(gone))}. The update trusted the state, and what was verified is gone. "
            f"`{stack.target('refresh')}` takes note of what is there; then `{stack.target('up')}` makes the rest anew"
        )


def _found(kubectl: Sequence[str | Path], namespaces: Iterable[str]) -> set[str]:
    """The UIDs of the Deployments in some namespaces; mostly it is one."""
    if not kubectl:
        raise LabError(NOT_ASKED)
    wanted = ["get", "deployments", "--output=jsonpath={.items[*].metadata.uid}", f"--request-timeout={PATIENCE}"]
    return {uid for each in namespaces for uid in run([*kubectl, *wanted, f"--namespace={each}"]).split()}
