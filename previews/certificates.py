"""What a preview means for certificates: how long they last, which are issued anew, which pods roll for it."""

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from previews.digest import Preview
from previews.step import Step

_ISSUED = ("tls:index/locallySignedCert:LocallySignedCert", "tls:index/selfSignedCert:SelfSignedCert")
_ROLLING = ("Deployment", "StatefulSet", "DaemonSet")
_DUE = "readyForRenewal"


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """A certificate that is in use.

    Attributes:
        site: Name of the site, empty if the stack has only one.
        not_after: When it ends.
        renew_after: From when on an update renews it; None if no update does.
    """

    site: str
    not_after: datetime.datetime
    renew_after: datetime.datetime | None

    def left(self, now: datetime.datetime) -> str:
        """How long it lasts, as people say it: whole days, or whole hours when there are few."""
        seconds = int((self.not_after - now).total_seconds())
        if seconds <= 0:
            return "expired"
        hours = seconds // 3600
        return _counted(hours, "hour") if hours < 72 else _counted(hours // 24, "day")


def in_use(preview: Preview) -> Iterator[Certificate]:
    """Yield the certificates that the stack's outputs tell of."""
    outputs = preview.old_outputs
    sites = outputs.get("sites")
    for name, site in sites.items() if isinstance(sites, Mapping) else [("", outputs)]:
        facts = site.get("certificate") if isinstance(site, Mapping) else None
        if isinstance(facts, Mapping) and (end := _time(facts.get("notAfter"))):
            yield Certificate(site=str(name), not_after=end, renew_after=_time(facts.get("renewAfter")))


def reissued(preview: Preview) -> list[Step]:
    """The certificates in whose place the update issues new ones."""
    return [step for step in preview.steps if step.kind in _ISSUED and step.operation == "replace"]


def due(preview: Preview) -> list[Step]:
    """The certificates that are replaced for no other reason than their age."""
    return [step for step in reissued(preview) if _DUE in step.reasons]


def rolling(preview: Preview) -> list[Step]:
    """The workloads whose pods are replaced by new ones."""
    return [
        step
        for step in preview.steps
        if step.short_kind in _ROLLING
        and (step.operation == "replace" or any(path.startswith("spec.template") for path in step.changed))
    ]


def pods(step: Step) -> str:
    """How many pods a workload has, as people say it."""
    spec = step.new.get("spec")
    replicas = spec.get("replicas") if isinstance(spec, Mapping) else None
    return _counted(replicas, "pod") if isinstance(replicas, int) else "its pods"


def _time(value: object) -> datetime.datetime | None:
    try:
        found = datetime.datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return found if found.tzinfo else None


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
