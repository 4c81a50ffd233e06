"""What the ways to expose a site have in common."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from . import _checks
from ._problems import Problem

_THREE_HOURS = 3 * 60 * 60


@dataclass(frozen=True, kw_only=True)
class BaseExposure:
    """What every kind of Service has.

    Attributes:
        https_port: Port of the Service for HTTPS. Default 443.
        http_port: Port of the Service for HTTP, used unless HTTP is off. Default 80.
        annotations: Annotations of the Service. Default none.
    """

    tag: ClassVar[str] = "type"
    offers_http: ClassVar[bool] = True

    https_port: int = 443
    http_port: int = 80
    annotations: Mapping[str, str] = field(default_factory=dict)

    def problems(self) -> Iterator[Problem]:
        """Yield every problem with these fields."""
        yield from _checks.port("https_port", self.https_port)
        yield from _checks.port("http_port", self.http_port)
        yield from _checks.annotations("annotations", self.annotations)
        if self.https_port == self.http_port:
            yield Problem(
                field="http_port",
                value=self.http_port,
                remedy="is also the HTTPS port; choose another one",
            )


@dataclass(frozen=True, kw_only=True)
class PodExposure(BaseExposure):
    """A Service that selects the site's pods.

    Attributes:
        session_affinity: `ClientIP` keeps a client on one pod. Default `None`.
        session_affinity_seconds: How long it does so. Default 10800, three hours.
        ip_family_policy: Single or dual stack. Default: the cluster's choice.
        ip_families: `IPv4` and `IPv6`, preferred first; both need a dual-stack policy. Default: the cluster's choice.
        internal_traffic_policy: `Local` answers only from pods on the client's node. Default: from pods on all
            nodes.
        traffic_distribution: Preference among endpoints. `PreferClose` needs Kubernetes 1.31,
            `PreferSameZone` and `PreferSameNode` need 1.34. Default: none.
    """

    session_affinity: Literal["None", "ClientIP"] = "None"
    session_affinity_seconds: int = _THREE_HOURS
    ip_family_policy: Literal["SingleStack", "PreferDualStack", "RequireDualStack"] | None = None
    ip_families: tuple[Literal["IPv4", "IPv6"], ...] = ()
    internal_traffic_policy: Literal["Cluster", "Local"] | None = None
    traffic_distribution: Literal["PreferClose", "PreferSameZone", "PreferSameNode"] | None = None

    def problems(self) -> Iterator[Problem]:
        """Yield every problem with these fields."""
        yield from super().problems()
        yield from _checks.between("session_affinity_seconds", self.session_affinity_seconds, 1, 86400)
        if self.session_affinity == "None":
            yield from _checks.no_effect(self, "session_affinity_seconds", "without session_affinity ClientIP")
        yield from _checks.distinct("ip_families", self.ip_families)
        if self.ip_family_policy in {None, "SingleStack"} and len(self.ip_families) > 1:
            yield Problem(
                field="ip_families",
                value=self.ip_families,
                remedy="names two: set ip_family_policy to PreferDualStack or RequireDualStack, or keep one family",
            )
