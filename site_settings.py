"""What a stack's configuration says of one site and of the probe that proves it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace

import pulumi

from components import (
    LONGEST_PROBE_NAME,
    CertManagerCertificate,
    CronJobMode,
    Expectations,
    ExternalName,
    GeneratedCertificate,
    HttpsExpectations,
    PlainHttp,
    Problem,
    SecureNginxArgs,
    SelectorLess,
    ShellMode,
    Timing,
    image_problems,
    mode_problems,
    nested,
)

_PROBE_SUFFIX = "-probe"
# Of a site with a probe.
_LONGEST_NAME = LONGEST_PROBE_NAME - len(_PROBE_SUFFIX)


def probe_name(site: str) -> str:
    """What the probe of a site is called."""
    return f"{site}{_PROBE_SUFFIX}"


@dataclass(frozen=True, kw_only=True)
class SiteExpectations(HttpsExpectations):
    """What an answer must be like.

    A body may have 1 MiB. All bodies that are looked at may have 15 MiB together, over all targets of a probe.

    Attributes:
        http: What the plain HTTP port must do: be `closed`, `redirect` to HTTPS, be `served` with one of
            `statuses` (or any 2xx where these have one), or be `ignored`. Default: what `nginx.http` says.
        http_port: That port. Default: the Service's.
    """

    # None: nothing is said of it. That is one value more than a probe by itself knows, see `completed`.
    http: PlainHttp | None = None
    http_port: int | None = None

    def problems(self) -> Iterator[Problem]:
        """Yield every problem with these fields."""
        yield from self.completed("ignored", Expectations.http_port).problems()

    def completed(self, http: PlainHttp, http_port: int) -> Expectations:
        """What a probe is to find, with these two where nothing is said of them."""
        values = {each.name: getattr(self, each.name) for each in fields(Expectations)}
        said = {name: value for name, value in values.items() if value is not None}
        return Expectations(**{"http": http, "http_port": http_port, **said})


@dataclass(frozen=True, kw_only=True)
class ProbeSettings:
    """What proves the site; where it looks follows from the site.

    Attributes:
        image: Image with a shell and curl.
        expect: What to find, besides what the site's own settings say.
        negative_checks: Whether wrong trust and wrong names must fail. Default True.
        timing: Limits of a run.
        job: Whether an update waits for the proof. Default True.
        cron_job: Proves again on a schedule. Default: not.
        shell: Keeps a pod to run curl in. Default: not.
    """

    image: str
    expect: SiteExpectations = field(default_factory=SiteExpectations)
    negative_checks: bool = True
    timing: Timing = field(default_factory=Timing)
    job: bool = True
    cron_job: CronJobMode | None = None
    shell: ShellMode | None = None

    def problems(self) -> Iterator[Problem]:
        """Yield every problem with these fields."""
        yield from image_problems("image", self.image)
        yield from mode_problems(self.job, self.cron_job, self.shell)
        yield from nested("expect", self.expect.problems())
        yield from nested("timing", self.timing.problems())
        if self.cron_job is not None:
            yield from nested("cron_job", self.cron_job.problems())
        if self.shell is not None:
            yield from nested("shell", self.shell.problems())


@dataclass(frozen=True, kw_only=True)
class SiteSettings(SecureNginxArgs):
    """One site and its probe.

    Attributes:
        probe: The probe. Default: none, so an update proves nothing.
    """

    probe: ProbeSettings | None = None

    def problems(self) -> Iterator[Problem]:
        """Yield every problem with the site and its probe."""
        yield from super().problems()
        if self.probe is not None:
            yield from nested("probe", self.probe.problems())
            yield from self._days_left_problems(self.probe.expect.min_days_left)

    def _days_left_problems(self, days: int | None) -> Iterator[Problem]:
        """Yield a problem if the probe would refuse a certificate that is not yet due."""
        if isinstance(self.certificate, GeneratedCertificate | CertManagerCertificate) and days is not None:
            hours = self.certificate.renew_before_hours
            if days * 24 > hours:
                yield Problem(
                    field="probe.expect.min_days_left",
                    value=days,
                    remedy=f"must be at most {hours // 24}: a certificate is renewed {hours} hours before its end "
                    "(renew_before_hours), and no earlier",
                )

    def name_problems(self, name: str) -> Iterator[Problem]:
        """Yield every problem that a site of this name has with its probe's name."""
        if self.probe is not None and len(name) > _LONGEST_NAME:
            yield Problem(
                field="name",
                value=name,
                remedy=f"must have at most {_LONGEST_NAME} characters with a probe, which takes its name from it",
            )

    @property
    def leads_to_others(self) -> bool:
        """Whether the Service is known to lead past the site's own pods, which are asked by themselves then."""
        service = self.service
        alias = isinstance(service, ExternalName) and service.external_name is not None
        return alias or (isinstance(service, SelectorLess) and bool(service.endpoints))

    @property
    def judge(self) -> ProbeSettings | None:
        """The probe; None if there is none, or if the site rests and clients are led to nobody who could answer."""
        return self.probe if self.replicas or self.leads_to_others else None

    @property
    def unproven(self) -> str:
        """Why no update proves the site; empty if each does."""
        if self.probe is None:
            return "secure-nginx:probe makes an update wait for a verdict"
        if self.judge is None:
            return "it rests"
        return "" if self.probe.job else "secure-nginx:probe.job is false"

    @property
    def gating_image(self) -> str | None:
        """Image of the probe that an update waits for; None if it waits for none."""
        return self.probe.image if self.probe is not None and self.probe.job else None

    def component_args(self, namespace: pulumi.Input[str], probe_labels: Mapping[str, str]) -> SecureNginxArgs:
        """The component's arguments.

        Args:
            namespace: The namespace as it really is.
            probe_labels: Labels of the probe's pods, which may connect if not everyone may.
        """
        values = {each.name: getattr(self, each.name) for each in fields(SecureNginxArgs)}
        values["namespace"] = namespace
        if self.probe is not None and not self.access.open:
            values["access"] = replace(self.access, pods=(*self.access.pods, probe_labels))
        return SecureNginxArgs(**values)
