"""Create what protects a site's pods: from drains, from strangers, from load."""

import pulumi
from pulumi_kubernetes import autoscaling, meta, networking, policy

from . import _network_policy
from ._site import Site
from .scheduling import Autoscaling


def create(site: Site, deployment: pulumi.Output[str]) -> list[networking.v1.NetworkPolicy]:
    """Create the guards of the pods, and return those that keep clients away.

    Args:
        site: The site.
        deployment: Name of its Deployment.
    """
    if site.args.replicas > 1 or site.args.autoscaling is not None:
        _budget(site)
    if site.args.autoscaling is not None:
        _autoscaler(site, site.args.autoscaling, deployment)
    return [_access(site)] if site.args.access.restricted else []


def _budget(site: Site) -> None:
    # Where there never is a second pod, a budget that lets one go would protect nothing.
    policy.v1.PodDisruptionBudget(
        f"{site.name}-budget",
        metadata=site.metadata(site.name),
        spec=policy.v1.PodDisruptionBudgetSpecArgs(
            max_unavailable=1,
            unhealthy_pod_eviction_policy="AlwaysAllow",
            selector=meta.v1.LabelSelectorArgs(match_labels=site.selector),
        ),
        opts=site.child,
    )


def _access(site: Site) -> networking.v1.NetworkPolicy:
    return networking.v1.NetworkPolicy(
        f"{site.name}-access",
        metadata=site.metadata(site.name),
        spec=_network_policy.network_policy_spec(
            site.args.access, site.selector, has_http_port=site.args.nginx.has_http_port
        ),
        opts=site.child,
    )


def _autoscaler(site: Site, wanted: Autoscaling, deployment: pulumi.Output[str]) -> None:
    autoscaling.v2.HorizontalPodAutoscaler(
        f"{site.name}-autoscaler",
        metadata=site.metadata(site.name),
        spec=autoscaling.v2.HorizontalPodAutoscalerSpecArgs(
            min_replicas=site.args.replicas,
            max_replicas=wanted.max_replicas,
            scale_target_ref=autoscaling.v2.CrossVersionObjectReferenceArgs(
                api_version="apps/v1", kind="Deployment", name=deployment
            ),
            metrics=[
                autoscaling.v2.MetricSpecArgs(
                    type="Resource",
                    resource=autoscaling.v2.ResourceMetricSourceArgs(
                        name="cpu",
                        target=autoscaling.v2.MetricTargetArgs(
                            type="Utilization", average_utilization=wanted.cpu_percent
                        ),
                    ),
                )
            ],
        ),
        opts=site.child,
    )
