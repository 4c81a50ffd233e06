"""Build the Deployment that serves the site: pure values, no resources."""

from dataclasses import dataclass

import pulumi
from pulumi_kubernetes import apps, core, meta

from . import _content, _placement, _pod_security
from ._issued import TlsFiles
from ._pod_contract import (
    CERTIFICATE_FILE,
    CONFIG_DIRECTORY,
    CONFIG_FILE,
    CONTENT_DIRECTORY,
    KEY_FILE,
    LIVE_PATH,
    POD_HTTP_PORT,
    POD_HTTPS_PORT,
    READY_PATH,
    TLS_DIRECTORY,
)
from .content import VolumeClaim
from .secure_nginx_args import SecureNginxArgs

HOST_TOPOLOGY = "kubernetes.io/hostname"
# Readable by the pod's group and nobody else.
_PRIVATE_MODE = 0o440
_SPARE_SECONDS = 5
_PROGRESS_SECONDS = 120
_SECONDS_PER_POD = 10


@dataclass(frozen=True, kw_only=True)
class Mounted:
    """The objects that the pods use.

    Attributes:
        service_account: Name of the pods' ServiceAccount.
        configuration: Name of the ConfigMap with nginx.conf.
        content: Volume with the served files.
        tls: The Secret with certificate and key.
    """

    service_account: pulumi.Input[str]
    configuration: pulumi.Input[str]
    content: core.v1.VolumeArgs
    tls: TlsFiles


def deployment_spec(
    args: SecureNginxArgs, labels: dict[str, str], selector: dict[str, str], mounted: Mounted
) -> apps.v1.DeploymentSpecArgs:
    """Spec of the Deployment: a new pod is ready before an old one goes."""
    return apps.v1.DeploymentSpecArgs(
        # Said also with an autoscaler: a field that is said no more falls back to one pod.
        replicas=args.replicas,
        revision_history_limit=3,
        progress_deadline_seconds=_progress_seconds(args),
        selector=meta.v1.LabelSelectorArgs(match_labels=selector),
        strategy=_strategy(args),
        template=core.v1.PodTemplateSpecArgs(
            metadata=meta.v1.ObjectMetaArgs(labels=labels, annotations=_annotations(mounted.tls)),
            spec=_pod_spec(args, selector, mounted),
        ),
    )


def await_seconds(args: SecureNginxArgs) -> int:
    """How long an update waits for the pods, which change one after another; Pulumi's own limit is 10 minutes.

    It waits as long for their end where the Deployment is to go.

    With an autoscaler it is another number than without one. When that goes, the Deployment is updated and gets its
    `replicas` back, even if the state has held the same number all along.
    """
    pods = args.autoscaling.max_replicas if args.autoscaling else args.replicas
    seconds = args.rollout_seconds or _PROGRESS_SECONDS + _SECONDS_PER_POD * pods
    seconds = max(seconds + _seconds_before(args), _ending_seconds(args) + _SPARE_SECONDS)
    return seconds + _SPARE_SECONDS if args.autoscaling else seconds


def _progress_seconds(args: SecureNginxArgs) -> int:
    return (args.rollout_seconds or _PROGRESS_SECONDS) + _seconds_before(args)


def _seconds_before(args: SecureNginxArgs) -> int:
    """How long the next pod waits for the one before it to end."""
    return _ending_seconds(args) if _ends_before_the_next(args) else 0


def _ending_seconds(args: SecureNginxArgs) -> int:
    """How long a pod may take to end."""
    return args.pre_stop_seconds + args.nginx.shutdown_seconds + _SPARE_SECONDS


def _ends_before_the_next(args: SecureNginxArgs) -> bool:
    """Whether the only pod has to end first: the next may be on another node, where its volume cannot be meanwhile."""
    return (
        isinstance(args.content, VolumeClaim)
        and args.content.holds_one_pod
        and not args.autoscaling
        and args.replicas < 2
    )


def _strategy(args: SecureNginxArgs) -> apps.v1.DeploymentStrategyArgs:
    if _ends_before_the_next(args):
        return apps.v1.DeploymentStrategyArgs(type="Recreate")
    return apps.v1.DeploymentStrategyArgs(
        type="RollingUpdate",
        rolling_update=apps.v1.RollingUpdateDeploymentArgs(max_surge=1, max_unavailable=0),
    )


def _annotations(tls: TlsFiles) -> dict[str, pulumi.Input[str]] | None:
    # A kubelet takes its time to tell running pods of a new certificate in the same Secret; new pods have it at once.
    return None if tls.request is None else {"securenginx/certificate": tls.request}


def _pod_spec(args: SecureNginxArgs, selector: dict[str, str], mounted: Mounted) -> core.v1.PodSpecArgs:
    return core.v1.PodSpecArgs(
        service_account_name=mounted.service_account,
        automount_service_account_token=False,
        enable_service_links=args.service_links,
        image_pull_secrets=[core.v1.LocalObjectReferenceArgs(name=name) for name in args.image_pull_secrets] or None,
        **_placement.fields(args.scheduling),
        host_users=False if args.scheduling.user_namespace else None,
        security_context=_pod_security.pod_security_context(),
        termination_grace_period_seconds=_ending_seconds(args),
        affinity=_affinity(selector),
        topology_spread_constraints=[_spread(selector)],
        containers=[_container(args)],
        volumes=_volumes(mounted),
    )


def _container(args: SecureNginxArgs) -> core.v1.ContainerArgs:
    ports = [core.v1.ContainerPortArgs(name="https", container_port=POD_HTTPS_PORT)]
    if args.nginx.has_http_port:
        ports.append(core.v1.ContainerPortArgs(name="http", container_port=POD_HTTP_PORT))
    return core.v1.ContainerArgs(
        name="nginx",
        image=args.image,
        image_pull_policy=args.image_pull_policy,
        # -e: nginx opens its built-in log file before it reads the configuration.
        command=["/usr/sbin/nginx", "-e", "stderr", "-c", f"{CONFIG_DIRECTORY}/{CONFIG_FILE}"],
        ports=ports,
        security_context=_pod_security.container_security_context(),
        resources=core.v1.ResourceRequirementsArgs(requests=args.resources.requests(), limits=args.resources.limits()),
        startup_probe=_probe(READY_PATH, period=1, failures=60),
        readiness_probe=_probe(READY_PATH, period=2, failures=2),
        liveness_probe=_probe(LIVE_PATH, period=10, failures=3),
        lifecycle=_lifecycle(args.pre_stop_seconds),
        termination_message_policy="FallbackToLogsOnError",
        volume_mounts=[
            _mount("config", CONFIG_DIRECTORY),
            _mount("tls", TLS_DIRECTORY),
            _mount(_content.VOLUME, CONTENT_DIRECTORY),
            core.v1.VolumeMountArgs(name="tmp", mount_path="/tmp"),  # noqa: S108  # in the pod
        ],
    )


def _lifecycle(pre_stop_seconds: int) -> core.v1.LifecycleArgs | None:
    # Endpoints disappear at the same time as the pod is told to stop, not before.
    if not pre_stop_seconds:
        return None
    return core.v1.LifecycleArgs(
        pre_stop=core.v1.LifecycleHandlerArgs(sleep=core.v1.SleepActionArgs(seconds=pre_stop_seconds))
    )


def _volumes(mounted: Mounted) -> list[core.v1.VolumeArgs]:
    return [
        core.v1.VolumeArgs(name="config", config_map=core.v1.ConfigMapVolumeSourceArgs(name=mounted.configuration)),
        core.v1.VolumeArgs(
            name="tls",
            secret=core.v1.SecretVolumeSourceArgs(
                secret_name=mounted.tls.secret,
                default_mode=_PRIVATE_MODE,
                items=[
                    core.v1.KeyToPathArgs(key=mounted.tls.certificate_key, path=CERTIFICATE_FILE),
                    core.v1.KeyToPathArgs(key=mounted.tls.private_key_key, path=KEY_FILE),
                ],
            ),
        ),
        mounted.content,
        core.v1.VolumeArgs(
            name="tmp",
            empty_dir=core.v1.EmptyDirVolumeSourceArgs(medium="Memory", size_limit="16Mi"),
        ),
    ]


def _mount(name: str, path: str) -> core.v1.VolumeMountArgs:
    return core.v1.VolumeMountArgs(name=name, mount_path=path, read_only=True)


def _probe(path: str, *, period: int, failures: int) -> core.v1.ProbeArgs:
    return core.v1.ProbeArgs(
        http_get=core.v1.HTTPGetActionArgs(path=path, port="https", scheme="HTTPS"),
        period_seconds=period,
        failure_threshold=failures,
        timeout_seconds=2,
    )


def _spread(selector: dict[str, str]) -> core.v1.TopologySpreadConstraintArgs:
    # Counting each revision by itself leaves room for the extra pod of a rollout, and nodes
    # that take no pods do not count as free.
    return core.v1.TopologySpreadConstraintArgs(
        max_skew=1,
        topology_key=HOST_TOPOLOGY,
        when_unsatisfiable="DoNotSchedule",
        node_taints_policy="Honor",
        label_selector=meta.v1.LabelSelectorArgs(match_labels=selector),
        match_label_keys=["pod-template-hash"],
    )


def _affinity(selector: dict[str, str]) -> core.v1.AffinityArgs:
    return core.v1.AffinityArgs(
        pod_anti_affinity=core.v1.PodAntiAffinityArgs(
            preferred_during_scheduling_ignored_during_execution=[
                core.v1.WeightedPodAffinityTermArgs(
                    weight=100,
                    pod_affinity_term=core.v1.PodAffinityTermArgs(
                        topology_key=HOST_TOPOLOGY,
                        label_selector=meta.v1.LabelSelectorArgs(match_labels=selector),
                    ),
                )
            ]
        )
    )
