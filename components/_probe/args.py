"""Arguments of CurlProbe."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

import pulumi

from .. import _checks, _names
from .._images import image_problems, pull_secret_problems
from .._problems import Problem, nested
from ..scheduling import Scheduling
from . import pin
from .options import CronJobMode, NetworkAccess, ShellMode, Timing
from .targets import Expectations, Target


@dataclass(frozen=True, kw_only=True)
class CurlProbeArgs:
    """What a probe judges, and how.

    Attributes:
        namespace: Namespace of every object. It must exist.
        image: Image with sh, curl 7.88 or later, date, grep and sleep. No entry point of it is
            used.
        targets: The ways to the site, all of which must pass. The first one also serves the
            negative checks.
        ca_config_map: Name of the ConfigMap with the CA's certificate under the key ca.crt.
            Required, and may not turn out to be None, unless all targets trust the public
            authorities; it is not used then.
        script_config_map: Name of a `ProbeScript`'s ConfigMap, which the probes of a namespace can
            share. Default: the probe makes one of its own.
        image_pull_policy: When nodes pull the image. Default `IfNotPresent`.
        image_pull_secrets: Names of the Secrets for the image's registry. Default none.
        expect: What to expect of targets that do not say it themselves. Default: status 200.
        certificate_pem: The issued certificate, public: the served one must be the same.
            Default, and where it turns out to be None: any certificate that the CA trusts.
        negative_checks: Whether an unrelated CA, a wrong host name and TLS 1.1 must be
            refused as well, which proves that the passes mean something. Default True.
        triggers: Public values; the Job runs again when one changes. Targets, expectations,
            certificate, CA, image and the probe itself need not be among them. A site that the
            same program changes must be, as `{"rollout": site.rollout, "routing": site.routing}`:
            new content, another configuration or another way to it is in nothing else. Default none.
        timing: Limits of a run. Default: its own defaults.
        job: Whether a Job gates the update. Default True.
        cron_job: Keeps watching on a schedule. Default: not.
        shell: Keeps a pod to run commands in. Default: not.
        network: Limits the pods to these destinations by a NetworkPolicy. Default: no policy.
        scheduling: Where the pods may run; another place runs the Job again. `user_namespace`
            must be False: it has a say in no node's choice, and a node may be without support
            for it. Default: anywhere.
        labels: More labels for every object and pod. Default none.
        site_selector: The labels that select the site's pods; `site_pod_labels` has those of a
            SecureNginx. It is an error if they select the probe's pods, which would make them
            endpoints of the site. Default: not checked.
    """

    namespace: pulumi.Input[str]
    image: pulumi.Input[str]
    targets: tuple[Target, ...]
    ca_config_map: pulumi.Input[str | None] | None = None
    script_config_map: pulumi.Input[str] | None = None
    image_pull_policy: Literal["IfNotPresent", "Always", "Never"] = "IfNotPresent"
    image_pull_secrets: tuple[str, ...] = ()
    expect: Expectations = field(default_factory=Expectations)
    certificate_pem: pulumi.Input[str | None] | None = None
    negative_checks: bool = True
    triggers: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    timing: Timing = field(default_factory=Timing)
    job: bool = True
    cron_job: CronJobMode | None = None
    shell: ShellMode | None = None
    network: NetworkAccess | None = None
    scheduling: Scheduling = field(default_factory=Scheduling)
    labels: Mapping[str, str] = field(default_factory=dict)
    site_selector: Mapping[str, str] | None = None

    def problems(self) -> Iterator[Problem]:
        """Yield every problem with these arguments."""
        yield from self._text_problems()
        yield from self._target_problems()
        yield from nested("expect", self.expect.problems())
        yield from nested("timing", self.timing.problems())
        yield from mode_problems(self.job, self.cron_job, self.shell)
        for name, mode in (("cron_job", self.cron_job), ("shell", self.shell)):
            yield from nested(name, mode.problems() if mode else ())
        if self.network is not None:
            yield from nested("network", self.network.problems())
        yield from nested("scheduling", self._scheduling_problems())
        yield from _names.label_problems("labels", self.labels)

    def _scheduling_problems(self) -> Iterator[Problem]:
        yield from self.scheduling.problems()
        if self.scheduling.user_namespace:
            yield Problem(
                field="user_namespace",
                value=True,
                remedy="must be false for a probe: it leads to no node, and keeps the pods from some",
            )

    def _text_problems(self) -> Iterator[Problem]:
        """Yield every problem with what is given as text instead of an Output."""
        if isinstance(self.namespace, str):
            yield from _checks.dns_label("namespace", self.namespace)
        for name in ("ca_config_map", "script_config_map"):
            value = getattr(self, name)
            if isinstance(value, str):
                yield from _checks.dns_name(name, value)
        if isinstance(self.image, str):
            yield from image_problems("image", self.image)
        yield from pull_secret_problems(self.image_pull_secrets)
        if isinstance(self.certificate_pem, str):
            yield from pin.problems("certificate_pem", self.certificate_pem)

    def _target_problems(self) -> Iterator[Problem]:
        if not self.targets:
            yield Problem(field="targets", value=self.targets, remedy="must name a target")
        for target in self.targets:
            yield from nested(f"targets.{target.name}", target.problems())
        yield from _checks.distinct("targets.name", [target.name for target in self.targets])
        if self.ca_config_map is None:
            yield from ca_problems(self.targets)


def mode_problems(job: bool, cron_job: CronJobMode | None, shell: ShellMode | None) -> Iterator[Problem]:
    """A probe must do something: gate an update, watch, or keep a pod to run commands in."""
    if not job and cron_job is None and shell is None:
        yield Problem(field="job", value=False, remedy="must be true while neither cron_job nor shell is set")


def ca_problems(targets: Iterable[Target]) -> Iterator[Problem]:
    """Without a ConfigMap with a CA, none of `targets` may need one."""
    given = [target.name for target in targets if target.trust == "given"]
    if given:
        remedy = f"must be set for {', '.join(given)}; or set their trust to public"
        yield Problem(field="ca_config_map", value=None, remedy=remedy)
