"""What a survey is made of, as the engine and the cluster gave it: plain values, read by nobody else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from report.listing import Listing


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is known of one stack.

    Attributes:
        stack: Its name.
        state: What `pulumi stack export` prints, secrets encrypted; None if there is no such stack.
        history: What `pulumi stack history --json` prints, the newest update first. Default none.
        objects: The site's and the probe's Deployments, pods, Jobs and CronJobs as the cluster has them; None if the
            cluster does not answer.
        listings: What else the cluster has of the state's objects, by name. Default: it was not asked.
        silence: Why the cluster does not answer. Default: it does.
        logs: What the probe's Jobs said, by `namespace/name`. Default none.
        kubeconfig: Path of the kubeconfig that leads to the cluster. Default: what kubectl would use.
    """

    stack: str
    state: Mapping[str, Any] | None
    history: Sequence[Mapping[str, Any]] = ()
    objects: Sequence[Mapping[str, Any]] | None = None
    listings: Sequence[Listing] = ()
    silence: str = ""
    logs: Mapping[str, str] = field(default_factory=dict)
    kubeconfig: str = ""
