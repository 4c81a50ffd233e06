"""Build the specs of the probe's Job, CronJob, Deployment and NetworkPolicy: pure values."""

from collections.abc import Mapping

from pulumi_kubernetes import apps, batch, meta, networking

from .._checks import NODE_PORTS
from .options import CronJobMode, NetworkAccess, Timing
from .pod import ProbePod

_DNS_PORT = 53


def job_spec(pod: ProbePod, timing: Timing) -> batch.v1.JobSpecArgs:
    """Spec of a Job that runs the probe once.

    A verdict is final, so no failure is retried; the script itself waits for a late site. Only
    a pod that its node evicted says nothing about the site and is run again.
    """
    return batch.v1.JobSpecArgs(
        backoff_limit=0,
        active_deadline_seconds=timing.deadline_seconds,
        # "Ignore" alone: Pulumi does not recognise a Job that a policy has failed.
        pod_failure_policy=batch.v1.PodFailurePolicyArgs(
            rules=[
                batch.v1.PodFailurePolicyRuleArgs(
                    action="Ignore",
                    on_pod_conditions=[
                        batch.v1.PodFailurePolicyOnPodConditionsPatternArgs(type="DisruptionTarget", status="True")
                    ],
                )
            ]
        ),
        template=pod.run_once(),
    )


def cron_job_spec(pod: ProbePod, timing: Timing, mode: CronJobMode) -> batch.v1.CronJobSpecArgs:
    """Spec of a CronJob that runs the probe on a schedule, one run at a time."""
    return batch.v1.CronJobSpecArgs(
        schedule=mode.schedule,
        concurrency_policy="Forbid",
        starting_deadline_seconds=mode.starting_deadline_seconds,
        successful_jobs_history_limit=mode.successes_kept,
        failed_jobs_history_limit=mode.failures_kept,
        suspend=mode.suspended,
        job_template=batch.v1.JobTemplateSpecArgs(
            metadata=meta.v1.ObjectMetaArgs(labels=pod.labels), spec=job_spec(pod, timing)
        ),
    )


def shell_spec(pod: ProbePod, selector: Mapping[str, str]) -> apps.v1.DeploymentSpecArgs:
    """Spec of a Deployment of one pod to run commands in."""
    return apps.v1.DeploymentSpecArgs(
        replicas=1,
        revision_history_limit=1,
        selector=meta.v1.LabelSelectorArgs(match_labels=selector),
        template=pod.sleep(selector),
    )


def network_policy_spec(access: NetworkAccess, selector: Mapping[str, str]) -> networking.v1.NetworkPolicySpecArgs:
    """Spec of a NetworkPolicy: nothing comes in, only port 53 and requests to the site go out."""
    ports = [_port(port, "TCP") for port in access.ports]
    if access.node_ports:
        ports.append(
            networking.v1.NetworkPolicyPortArgs(port=NODE_PORTS.start, end_port=NODE_PORTS.stop - 1, protocol="TCP")
        )
    return networking.v1.NetworkPolicySpecArgs(
        pod_selector=meta.v1.LabelSelectorArgs(match_labels=selector),
        policy_types=["Ingress", "Egress"],
        egress=[
            # Any destination: a node-local DNS cache is no pod that could be selected.
            networking.v1.NetworkPolicyEgressRuleArgs(ports=[_port(_DNS_PORT, "UDP"), _port(_DNS_PORT, "TCP")]),
            networking.v1.NetworkPolicyEgressRuleArgs(ports=ports, to=_peers(access)),
        ],
    )


def _peers(access: NetworkAccess) -> list[networking.v1.NetworkPolicyPeerArgs] | None:
    peers = [
        networking.v1.NetworkPolicyPeerArgs(ip_block=networking.v1.IPBlockArgs(cidr=cidr)) for cidr in access.cidrs
    ]
    if access.pod_labels:
        peers.append(
            networking.v1.NetworkPolicyPeerArgs(pod_selector=meta.v1.LabelSelectorArgs(match_labels=access.pod_labels))
        )
    # No list at all means any destination, an empty one would mean the same by accident.
    return peers or None


def _port(number: int, protocol: str) -> networking.v1.NetworkPolicyPortArgs:
    return networking.v1.NetworkPolicyPortArgs(port=number, protocol=protocol)
