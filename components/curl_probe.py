"""CurlProbe: the verdict on an HTTPS site, from inside the cluster."""

import dataclasses
from collections.abc import Iterator

import pulumi

from . import _checks, _namespace
from ._probe import labels, objects, plan, verdict
from ._probe.args import CurlProbeArgs, mode_problems
from ._probe.labels import probe_pod_labels
from ._probe.objects import Frame
from ._probe.options import CronJobMode, NetworkAccess, ShellMode, Timing
from ._probe.targets import Expectations, HttpsExpectations, PlainHttp, Target
from ._probe.verdict import Verdict
from ._problems import Problem, raise_all
from ._types import type_problems

__all__ = [
    "LONGEST_PROBE_NAME",
    "CronJobMode",
    "CurlProbe",
    "CurlProbeArgs",
    "Expectations",
    "HttpsExpectations",
    "NetworkAccess",
    "PlainHttp",
    "ShellMode",
    "Target",
    "Timing",
    "mode_problems",
    "probe_pod_labels",
]

TOKEN = "securenginx:index:CurlProbe"
# A CronJob's name may have 52 characters, of which Pulumi takes "-cron-" and 8 digits.
LONGEST_PROBE_NAME = 38


class CurlProbe(pulumi.ComponentResource):
    """A client inside the cluster that judges HTTPS targets by curl.

    Creates:
        - ConfigMap with its plan, and one with the script unless it shares that with others
        - by mode, a Job that gates the update, a CronJob, a Deployment to run commands in
        - NetworkPolicy, on request

    The update fails if the Job does, and its error text names the target, the assertion, what
    was expected and what was found. The Job runs again when something changes that it
    is told to judge or judges with, because then the name of a ConfigMap or the digest of the
    triggers in its pod template changes. That the program has changed the site itself, its
    content for example, or the way to it, it is told by
    `triggers={"rollout": site.rollout, "routing": site.routing}` and by nothing else.

    It reads the CA's certificate and nothing else of the site.
    """

    verdict: pulumi.Output[Verdict]
    """`verified`, `failed` or `pending`; `not run` without a Job."""
    completed_at: pulumi.Output[str | None]
    """When the site was verified, as RFC 3339."""
    job_name: pulumi.Output[str | None]
    """Name of the Job, None without one."""
    cron_job_name: pulumi.Output[str | None]
    """Name of the CronJob, None without one."""
    shell_name: pulumi.Output[str | None]
    """Name of the Deployment to run commands in, None without one."""
    targets: pulumi.Output[list[str]]
    """The targets: name, URL, and where it connects to."""
    fingerprint_sha256: pulumi.Output[str | None]
    """SHA-256 of the certificate that must be served, None if any trusted one may be."""

    def __init__(self, name: str, args: CurlProbeArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Create the probe.

        Args:
            name: Name of the probe and first part of its children's names.
            args: What it judges, and how.
            opts: Options of the component. The Job waits for everything in `depends_on`.

        Raises:
            ValueError: An argument is wrong; the message lists every problem.
        """
        subject = f"CurlProbe {name!r}"
        raise_all(subject, [*type_problems("name", name, str), *type_problems("", args, CurlProbeArgs)])
        raise_all(subject, [*_name_problems(name, args), *args.problems()])
        super().__init__(TOKEN, name, None, opts)
        args = _with_outputs(subject, args)
        frame = Frame(name=name, args=args, parent=self)
        places = pulumi.Output.all(*[objects.place(target) for target in args.targets])
        pin = objects.pin(args)
        network_policy = objects.network_policy(frame)
        pod = objects.probe_pod(frame, objects.script(frame), objects.plan_config_map(frame, places, pin))
        job = objects.job(frame, pod, network_policy)
        cron_job = objects.cron_job(frame, pod)
        shell = objects.shell(frame, pod)

        self.verdict = job.status.apply(verdict.verdict_of) if job else pulumi.Output.from_input("not run")
        self.completed_at = job.status.apply(verdict.completed_at) if job else _none()
        self.job_name = job.metadata.name if job else _none()
        self.cron_job_name = cron_job.metadata.name if cron_job else _none()
        self.shell_name = shell.metadata.name if shell else _none()
        self.targets = places.apply(lambda known: list(map(plan.description, args.targets, known)))
        self.fingerprint_sha256 = pin.apply(lambda known: known.sha256 if known else None)
        self.register_outputs({each: getattr(self, each) for each in CurlProbe.__annotations__})


def _none() -> pulumi.Output[None]:
    return pulumi.Output.from_input(None)


def _with_outputs(subject: str, args: CurlProbeArgs) -> CurlProbeArgs:
    """The same arguments, with Outputs for what several objects ask for: what is awaited is so only once."""
    script = args.script_config_map
    return dataclasses.replace(
        args,
        namespace=_namespace.checked(subject, args.namespace),
        image=pulumi.Output.from_input(args.image),
        script_config_map=None if script is None else pulumi.Output.from_input(script),
    )


def _name_problems(name: str, args: CurlProbeArgs) -> Iterator[Problem]:
    yield from _checks.dns_label("name", name)
    if len(name) > LONGEST_PROBE_NAME:
        remedy = f"must have at most {LONGEST_PROBE_NAME} characters, or its CronJob's name is too long for Kubernetes"
        yield Problem(field="name", value=name, remedy=remedy)
    pods = objects.pod_labels(name, args)
    shell = {**pods, **(labels.shell_labels(name, args.shell) if args.shell else {})}
    if args.site_selector and any(args.site_selector.items() <= each.items() for each in (pods, shell)):
        yield Problem(
            field="site_selector",
            value=dict(args.site_selector),
            remedy="selects the probe's pods too, and would send the site's clients to them; change the probe's labels",
        )
