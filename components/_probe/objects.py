"""Create the probe's objects, each under its component."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_kubernetes import apps, batch, core, meta, networking

from .. import _metadata, _names
from .._problems import raise_all
from . import labels, plan, script_files, workload
from .args import CurlProbeArgs, ca_problems
from .pin import Pin, pin_of
from .plan import Place
from .pod import ProbePod
from .targets import Target

_JOB_ANNOTATIONS = {
    # Without it an update only waits again for a Job that has failed already.
    "pulumi.com/replaceUnready": "true",
}
_SPARE_SECONDS = 60


@dataclass(frozen=True, kw_only=True)
class Frame:
    """The frame every object of one probe is created in.

    Attributes:
        name: Name of the probe.
        args: Its arguments, already checked.
        parent: The component that owns every object.
    """

    name: str
    args: CurlProbeArgs
    parent: pulumi.Resource

    @property
    def labels(self) -> dict[str, str]:
        """Labels of every object."""
        return _labels(self.name, self.args)

    @property
    def pod_labels(self) -> dict[str, str]:
        """Labels of every pod."""
        return pod_labels(self.name, self.args)

    @property
    def selector(self) -> dict[str, str]:
        """Labels that select the pods."""
        return labels.probe_pod_labels(self.name)

    def metadata(self, annotations: Mapping[str, str] | None = None) -> meta.v1.ObjectMetaArgs:
        """Metadata of an object, for which Pulumi makes up a unique name."""
        return _metadata.owned(self.args.namespace, self.labels, annotations)

    def options(
        self, *, await_seconds: int | None = None, after: pulumi.Resource | None = None
    ) -> pulumi.ResourceOptions:
        """Options of a child, awaited for at most `await_seconds` and created `after` another."""
        limit = None if await_seconds is None else f"{await_seconds}s"
        return pulumi.ResourceOptions(
            parent=self.parent,
            **_metadata.REMADE,
            depends_on=[after] if after else None,
            custom_timeouts=pulumi.CustomTimeouts(create=limit, update=limit) if limit else None,
        )


def pod_labels(name: str, args: CurlProbeArgs) -> dict[str, str]:
    """Labels of every pod of the probe `name`; that of the shell has the labels that select it besides."""
    return {**_labels(name, args), **labels.access_labels(args.network)}


def place(target: Target) -> pulumi.Output[Place]:
    """Where a target is, as soon as that is known."""
    return pulumi.Output.all(
        host=target.host,
        port=target.port,
        address=target.address,
        address_port=target.address_port,
        http_address_port=target.http_address_port,
    ).apply(lambda known: plan.place_of(target, known))


def pin(args: CurlProbeArgs) -> pulumi.Output[Pin | None]:
    """The certificate that must be served, None if any trusted one may be."""
    return pulumi.Output.from_input(args.certificate_pem).apply(lambda pem: pin_of(pem) if pem else None)


def script(frame: Frame) -> pulumi.Input[str]:
    """Name of the ConfigMap with the script: a shared one, or the probe's own."""
    if frame.args.script_config_map is not None:
        return frame.args.script_config_map
    made = script_files.config_map(f"{frame.name}-script", frame.metadata(), frame.options())
    return made.metadata.name


def plan_config_map(
    frame: Frame, places: pulumi.Output[list[Place]], issued: pulumi.Output[Pin | None]
) -> core.v1.ConfigMap:
    """The plan. A change of it makes a new one, with a new name."""
    return core.v1.ConfigMap(
        f"{frame.name}-plan",
        metadata=frame.metadata(),
        immutable=True,
        data=pulumi.Output.all(places, issued).apply(lambda known: _plan_files(frame.args, known[0], known[1])),
        opts=frame.options(),
    )


def probe_pod(frame: Frame, script_name: pulumi.Input[str], planned: core.v1.ConfigMap) -> ProbePod:
    """The pod that every mode runs."""
    args = frame.args
    return ProbePod(
        image=args.image,
        image_pull_policy=args.image_pull_policy,
        image_pull_secrets=args.image_pull_secrets,
        script_config_map=script_name,
        plan_config_map=planned.metadata.name,
        ca_config_map=_ca_config_map(args),
        triggers_digest=pulumi.Output.json_dumps(dict(args.triggers), sort_keys=True).apply(
            lambda text: hashlib.sha256(text.encode()).hexdigest()
        ),
        labels=frame.pod_labels,
        scheduling=args.scheduling,
    )


def job(frame: Frame, pod: ProbePod, after: networking.v1.NetworkPolicy | None) -> batch.v1.Job | None:
    """The gate. Judges through the NetworkPolicy, and so comes after it."""
    if not frame.args.job:
        return None
    return batch.v1.Job(
        f"{frame.name}-job",
        metadata=frame.metadata(_JOB_ANNOTATIONS),
        spec=workload.job_spec(pod, frame.args.timing),
        opts=frame.options(await_seconds=frame.args.timing.deadline_seconds + _SPARE_SECONDS, after=after),
    )


def cron_job(frame: Frame, pod: ProbePod) -> batch.v1.CronJob | None:
    """The watch."""
    if frame.args.cron_job is None:
        return None
    return batch.v1.CronJob(
        f"{frame.name}-cron",
        metadata=frame.metadata(),
        spec=workload.cron_job_spec(pod, frame.args.timing, frame.args.cron_job),
        opts=frame.options(),
    )


def shell(frame: Frame, pod: ProbePod) -> apps.v1.Deployment | None:
    """The pod to run commands in."""
    if frame.args.shell is None:
        return None
    return apps.v1.Deployment(
        f"{frame.name}-shell",
        metadata=frame.metadata(),
        spec=workload.shell_spec(pod, labels.shell_labels(frame.name, frame.args.shell)),
        opts=frame.options(await_seconds=2 * _SPARE_SECONDS),
    )


def network_policy(frame: Frame) -> networking.v1.NetworkPolicy | None:
    """The limits of what the pods may reach."""
    if frame.args.network is None:
        return None
    return networking.v1.NetworkPolicy(
        f"{frame.name}-policy",
        metadata=frame.metadata(),
        spec=workload.network_policy_spec(
            frame.args.network, {**frame.selector, **labels.access_labels(frame.args.network)}
        ),
        opts=frame.options(),
    )


def _ca_config_map(args: CurlProbeArgs) -> pulumi.Input[str] | None:
    """Name of the ConfigMap with the CA; None if no target trusts it."""

    def present(name: str | None) -> str:
        if name is None:
            raise_all("a probe's authority", ca_problems(args.targets))
        return str(name)

    needed = any(target.trust == "given" for target in args.targets)
    return pulumi.Output.from_input(args.ca_config_map).apply(present) if needed else None


def _plan_files(args: CurlProbeArgs, places: list[Place], issued: Pin | None) -> dict[str, str]:
    files = {"settings": plan.settings_text(args.timing, negative_checks=args.negative_checks, pin=issued)}
    for number, (target, where) in enumerate(zip(args.targets, places, strict=True), start=1):
        text = plan.target_text(target, target.expect or args.expect, where)
        files[f"target-{number:03}"] = text
    return files


def _labels(name: str, args: CurlProbeArgs) -> dict[str, str]:
    """Labels of every object of the probe `name`."""
    return _names.with_part_of(labels.object_labels(name), args.labels)
