"""How, when and from where a probe runs: timing, modes and network access."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from .. import _checks
from .._problems import Problem

# From the start of the pod: image and container, the negative checks, the last request.
_MARGIN_SECONDS = 20
# The first part of it, for image and container.
_START_SECONDS = 10
_SCHEDULE = re.compile(r"@(hourly|daily|weekly)|[0-9*/,-]+( [0-9A-Za-z*/,-]+){4}")
# The numbers of each field: minute, hour, day of the month, month, day of the week (robfig/cron v3, by which Kubernetes
# reads them).
_BOUNDS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 6))
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
# The names of the numbers of each field, from its lowest one on.
_NAMES: tuple[tuple[str, ...], ...] = ((), (), (), _MONTHS, _DAYS)
_RANGE = re.compile(r"(?:\*|([0-9]+)(?:-([0-9]+))?)(?:/[1-9][0-9]*)?")
# A whole word, and none that is the step of a range: that is a number always.
_NAME = re.compile(r"(?<![\w/])[A-Za-z]+(?!\w)")


@dataclass(frozen=True, kw_only=True)
class Timing:
    """Limits of a run, in whole seconds.

    Attributes:
        connect_seconds: For one connection, its TLS handshake included. No more than what silence at all
            targets leaves to each of them within `wait_seconds`: these, divided by three plus twice the
            number of targets, and at least 1. Default 3.
        request_seconds: For one whole request. At first each request gets no more than its share
            of the time until the deadline; one that needs longer is made again, with a larger
            share, within `wait_seconds`. Default 10.
        wait_seconds: How long all targets together may take to come up: names that do not
            resolve yet, refused connections, timeouts and the statuses 5xx and 429 are tried
            again that long. An untrusted certificate is not, but as `settle_seconds` allows for it. 0: no
            second try. Default 30.
        settle_seconds: How long another certificate than the issued one may still be served, trusted or
            not, as routing follows a rollout with a delay. Where the issued one is not known, nothing is
            waited for. Default 5.
        deadline_seconds: Lifetime of the pod, from its creation. It also bounds an image that
            cannot be pulled. At least 20 more than `wait_seconds`. Default 55.
    """

    connect_seconds: int = 3
    request_seconds: int = 10
    wait_seconds: int = 30
    settle_seconds: int = 5
    deadline_seconds: int = 55

    @property
    def run_seconds(self) -> int:
        """How long the script may ask, so that it can say what is wrong before the pod is stopped."""
        return self.deadline_seconds - _START_SECONDS

    def problems(self) -> Iterator[Problem]:
        """Yield every problem with these fields."""
        yield from _checks.between("connect_seconds", self.connect_seconds, 1, 60)
        yield from _checks.between("request_seconds", self.request_seconds, 1, 600)
        yield from _checks.between("wait_seconds", self.wait_seconds, 0, 3600)
        yield from _checks.between("settle_seconds", self.settle_seconds, 0, 300)
        least = self.wait_seconds + _MARGIN_SECONDS
        if self.deadline_seconds < least:
            yield Problem(
                field="deadline_seconds",
                value=self.deadline_seconds,
                remedy=f"must be at least {least}, {_MARGIN_SECONDS} more than wait_seconds; "
                "or the pod is stopped before it can say what is wrong",
            )


@dataclass(frozen=True, kw_only=True)
class CronJobMode:
    """Keeps watching after the update.

    Attributes:
        schedule: When, as cron writes it, in the cluster's time zone. Default every 5 minutes.
        starting_deadline_seconds: How late a run may start before it is left out. Default 60.
        successes_kept: Finished runs to keep. Default 1.
        failures_kept: Failed runs to keep. Default 3.
        suspended: Whether the schedule pauses. Default False.
    """

    schedule: str = "*/5 * * * *"
    starting_deadline_seconds: int = 60
    successes_kept: int = 1
    failures_kept: int = 3
    suspended: bool = False

    def problems(self) -> Iterator[Problem]:
        """Yield every problem with these fields."""
        if not _SCHEDULE.fullmatch(self.schedule):
            yield Problem(
                field="schedule",
                value=self.schedule,
                remedy="must be five fields such as '*/5 * * * *', or @hourly, @daily, @weekly",
            )
        elif not self.schedule.startswith("@"):
            yield from self._range_problems()
        # Below 10 s the controller, which looks every 10 s, can miss a run.
        yield from _checks.between("starting_deadline_seconds", self.starting_deadline_seconds, 10, 3600)
        yield from _checks.between("successes_kept", self.successes_kept, 0, 100)
        yield from _checks.between("failures_kept", self.failures_kept, 1, 100)

    def _range_problems(self) -> Iterator[Problem]:
        for part, (low, high), names in zip(self.schedule.split(" "), _BOUNDS, _NAMES, strict=True):
            if not all(_is_range(_numbered(each, low, names), low, high) for each in part.split(",")):
                allowed = f"numbers from {low} to {high}" + (f", names from {names[0]} to {names[-1]}" if names else "")
                remedy = f"must have {allowed}, rising ranges and steps of them where it has {part!r}"
                yield Problem(field="schedule", value=self.schedule, remedy=remedy)


@dataclass(frozen=True, kw_only=True)
class ShellMode:
    """A pod that sleeps, to run commands in: `kubectl exec deployment/... -- curl ...`.

    It has the CA in /ca/ca.crt and the probe in /probe.

    Attributes:
        labels: Labels of the pod besides the probe's own; they go before those of all objects.
            Default `app: curlpod`.
    """

    labels: Mapping[str, str] = field(default_factory=lambda: {"app": "curlpod"})

    def problems(self) -> Iterator[Problem]:
        """Yield every problem with these fields."""
        yield from _checks.labels("labels", self.labels)


@dataclass(frozen=True, kw_only=True)
class NetworkAccess:
    """What the probe's pods may reach besides port 53, for names; nothing may reach them.

    Attributes:
        ports: TCP ports, those of the pods (8443) rather than the Service's (443): policies
            apply after the Service's address has been replaced by a pod's.
        node_ports: Whether all ports that a cluster chooses node ports from (30000 to 32767) may
            be reached besides, for a Service whose node ports are not known in advance. Default
            False.
        pod_labels: Labels of pods in the same namespace that may be reached. Default: any
            destination, unless `cidrs` are given.
        cidrs: Networks that may be reached. Default: any destination, unless `pod_labels`
            are given.
    """

    ports: tuple[int, ...]
    node_ports: bool = False
    pod_labels: Mapping[str, str] = field(default_factory=dict)
    cidrs: tuple[str, ...] = ()

    def problems(self) -> Iterator[Problem]:
        """Yield every problem with these fields."""
        if not self.ports:
            yield Problem(field="ports", value=self.ports, remedy="must name a port")
        for port in self.ports:
            yield from _checks.port("ports", port)
        yield from _checks.labels("pod_labels", self.pod_labels)
        for cidr in self.cidrs:
            yield from _checks.cidr("cidrs", cidr)


def _numbered(text: str, low: int, names: Sequence[str]) -> str:
    """One part of a field with numbers in place of the field's names; any other word stays."""
    numbers = {name: str(number) for number, name in enumerate(names, low)}
    return _NAME.sub(lambda word: numbers.get(word[0].upper(), word[0]), text)


def _is_range(text: str, low: int, high: int) -> bool:
    """Whether it is what cron takes for one part of a field with these bounds."""
    found = _RANGE.fullmatch(text)
    if found is None:
        return False
    numbers = [int(each) for each in found.groups() if each is not None]
    return all(low <= each <= high for each in numbers) and numbers == sorted(numbers)
