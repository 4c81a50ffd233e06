"""What a stack's configuration says of the stack as a whole, besides its sites."""

import os
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from components import Problem
from guard_rails import Environment
from secret_settings import is_kubeconfig_text, shown_at


@dataclass(frozen=True, kw_only=True)
class StackSettings:
    """What a stack has besides its sites.

    Attributes:
        environment: Which guard rails hold: `development`, `staging` or `production`. Default
            `development`.
        context: Context of the kubeconfig; never a default, so that nothing reaches the wrong
            cluster.
        namespace: Namespace of every site.
        kubeconfig: Path or text of a kubeconfig. Default: what kubectl would use.
        pinned_context: The only context that the stack may ever use, whatever the command line
            says. Default: any.
        cluster_identifier: Name of the cluster in Pulumi's state; resources are replaced when
            it changes. Default: the context.
        cluster_uid: UID of the cluster's namespace kube-system; any other cluster is refused.
            Default: not checked.
        outside_addresses: By address of a node or load balancer, the one by which it is reached
            from outside, if a proxy translates it. For the output `curl` alone. Default none.
        create_namespace: Whether the stack owns the namespace. Where it did, false deletes the namespace
            with everything in it, whoever made that. Default True.
        pod_security: Pod Security level of an owned namespace. Default `restricted`.
    """

    context: str
    namespace: str
    environment: Environment = "development"
    kubeconfig: str | None = None
    pinned_context: str | None = None
    cluster_identifier: str | None = None
    cluster_uid: str | None = None
    outside_addresses: Mapping[str, str] = field(default_factory=dict)
    create_namespace: bool = True
    pod_security: Literal["privileged", "baseline", "restricted"] = "restricted"

    def problems(self) -> Iterator[Problem]:
        """Yield every problem with these fields."""
        if not self.context.strip():
            remedy = "must be the name of a context: an empty one leads wherever kubectl is just pointed"
            yield Problem(field="context", value=self.context, remedy=remedy)
        if not self.create_namespace and self.pod_security != StackSettings.pod_security:
            remedy = "has no effect on a namespace that somebody else makes; remove it, or set create_namespace"
            yield Problem(field="pod_security", value=self.pod_security, remedy=remedy)
        if _names_several_kubeconfigs(self.kubeconfig or ""):
            chosen = shlex.quote(f"--context={self.context}")
            remedy = (
                "names several files, and the Kubernetes plugin takes one; write them into one by "
                f"`KUBECONFIG=FILES kubectl config view --raw --flatten --minify {chosen} > FILE`, and set this to "
                "FILE, or leave it out and set KUBECONFIG"
            )
            yield Problem(field="kubeconfig", value=shown_at("kubeconfig", self.kubeconfig), remedy=remedy)


def _names_several_kubeconfigs(kubeconfig: str) -> bool:
    """Whether it is a list of files, as kubectl takes it: the plugin would look for one file of that name."""
    return os.pathsep in kubeconfig and not is_kubeconfig_text(kubeconfig)
