"""The ways a site can be exposed: one closed set of types, each with its own fields."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal

from . import _checks
from ._base_exposure import BaseExposure, PodExposure
from ._pod_contract import POD_HTTP_PORT, POD_HTTPS_PORT
from ._problems import Problem


@dataclass(frozen=True, kw_only=True)
class ClusterIP(PodExposure):
    """A virtual address inside the cluster.

    Attributes:
        cluster_ip: A fixed address from the cluster's Service range. To set it, or to take it out, makes the Service
            anew, even if it names the address that is there: nothing answers meanwhile, and other addresses
            may change. Default: chosen there.
        external_ips: Addresses that someone else routes to the nodes, on which the Service
            answers as well. The certificate covers them. Default none.
    """

    kind: ClassVar[str] = "ClusterIP"

    cluster_ip: str | None = None
    external_ips: tuple[str, ...] = ()

    def problems(self) -> Iterator[Problem]:
        """Yield every problem with these fields."""
        yield from super().problems()
        if self.cluster_ip is not None:
            yield from _checks.ip_address("cluster_ip", self.cluster_ip)
            yield from _checks.of_family("cluster_ip", self.cluster_ip, self.ip_families)
        for address in self.external_ips:
            yield from _checks.routed_address("external_ips", address)
        yield from _checks.distinct("external_ips", self.external_ips)


@dataclass(frozen=True, kw_only=True)
class Headless(PodExposure):
    """No virtual address: DNS answers with the pods' own addresses.

    A client then speaks to the pods' ports, so the Service's ports are 8443 and 8080.

    Attributes:
        publish_not_ready_addresses: Whether DNS also lists pods that are not ready.
            Default False.
    """

    kind: ClassVar[str] = "Headless"

    https_port: int = POD_HTTPS_PORT
    http_port: int = POD_HTTP_PORT
    publish_not_ready_addresses: bool = False

    def problems(self) -> Iterator[Problem]:
        """Yield every problem with these fields."""
        yield from super().problems()
        # What a headless Service leads to is found by DNS, where no cluster has a hand in it.
        for name in ("session_affinity", "internal_traffic_policy", "traffic_distribution"):
            yield from _checks.no_effect(self, name, "without a virtual address")
        for name, expected in (("https_port", POD_HTTPS_PORT), ("http_port", POD_HTTP_PORT)):
            if getattr(self, name) != expected:
                yield Problem(
                    field=name,
                    value=getattr(self, name),
                    remedy=f"must be {expected}: clients of a headless Service reach the pods' own ports",
                )


@dataclass(frozen=True, kw_only=True)
class OnNodes(ClusterIP):
    """A Service that has ports on the nodes as well; no way by itself, but what such ways have in common.

    Attributes:
        https_node_port: Port on the nodes for HTTPS, 30000 to 32767. Default: chosen there.
        http_node_port: Port on the nodes for HTTP. Default: chosen there.
        external_traffic_policy: `Local` keeps the client's address. Default `Cluster`.
    """

    https_node_port: int | None = None
    http_node_port: int | None = None
    external_traffic_policy: Literal["Cluster", "Local"] = "Cluster"

    def problems(self) -> Iterator[Problem]:
        """Yield every problem with these fields."""
        yield from super().problems()
        yield from _checks.node_ports(self.https_node_port, self.http_node_port)


@dataclass(frozen=True, kw_only=True)
class NodePort(OnNodes):
    """A port on every node, besides the address inside the cluster.

    Attributes:
        node_addresses: Addresses or names of nodes by which clients come. The certificate
            covers them and the URLs list them. Default none.
    """

    kind: ClassVar[str] = "NodePort"

    node_addresses: tuple[str, ...] = ()

    def problems(self) -> Iterator[Problem]:
        """Yield every problem with these fields."""
        yield from super().problems()
        for address in self.node_addresses:
            yield from _checks.ip_or_dns_name("node_addresses", address)
        yield from _checks.distinct("node_addresses", self.node_addresses)


@dataclass(frozen=True, kw_only=True)
class LoadBalancer(OnNodes):
    """An address outside the cluster, given out by a load balancer controller.

    Attributes:
        load_balancer_class: Which controller serves it. Default: the cluster's default.
        load_balancer_ip: The address to ask the controller for, and to wait for; many have an annotation
            instead. The certificate covers it. Default: chosen there.
        source_ranges: Networks that may connect. Default: everyone.
        addresses: Addresses or names that are known before the load balancer exists, such as
            a reserved address or a DNS record. The certificate covers them. Default none.
        allocate_node_ports: Whether node ports are reserved as well. Once it is False, the Service is made anew, with
            other addresses: the cluster lets go of no node port before. Default True.
        health_check_node_port: Node port of the health check under `Local`. Default: chosen.
        await_seconds: How long an update waits for the address. Default 300.
    """

    kind: ClassVar[str] = "LoadBalancer"

    load_balancer_class: str | None = None
    load_balancer_ip: str | None = None
    source_ranges: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    allocate_node_ports: bool = True
    health_check_node_port: int | None = None
    await_seconds: int = 300

    def problems(self) -> Iterator[Problem]:
        """Yield every problem with these fields."""
        yield from super().problems()
        yield from _checks.node_port("health_check_node_port", self.health_check_node_port)
        if self.load_balancer_class is not None:
            yield from _checks.qualified_name("load_balancer_class", self.load_balancer_class)
        yield from self._address_problems()
        yield from _checks.between("await_seconds", self.await_seconds, 1, 3600)
        fixed = self.https_node_port is not None or self.http_node_port is not None
        if fixed and not self.allocate_node_ports:
            yield Problem(
                field="allocate_node_ports",
                value=False,
                remedy="must be true while a node port is set; remove the node port otherwise",
            )
        if self.health_check_node_port in {self.https_node_port, self.http_node_port} - {None}:
            remedy = "is the node port of another purpose; choose another one"
            yield Problem(field="health_check_node_port", value=self.health_check_node_port, remedy=remedy)
        if self.health_check_node_port is not None and self.external_traffic_policy != "Local":
            yield Problem(
                field="health_check_node_port",
                value=self.health_check_node_port,
                remedy="only works with external_traffic_policy Local; set that or remove it",
            )

    def _address_problems(self) -> Iterator[Problem]:
        if self.load_balancer_ip is not None:
            yield from _checks.ip_address("load_balancer_ip", self.load_balancer_ip)
            if self.ip_family_policy in {None, "SingleStack"}:
                yield from _checks.of_family("load_balancer_ip", self.load_balancer_ip, self.ip_families)
        for source in self.source_ranges:
            yield from _checks.cidr("source_ranges", source)
        for address in self.addresses:
            yield from _checks.ip_or_dns_name("addresses", address)


@dataclass(frozen=True, kw_only=True)
class ExternalName(BaseExposure):
    """A DNS alias: the Service's name is a CNAME of another name.

    It selects no pods; a second Service, `<name>-origin`, does.

    TLS verifies through an alias only if the served certificate covers the Service's name:
    the generated certificate covers it and the target's name.

    Attributes:
        external_name: The target. Default: the origin Service inside the cluster.
    """

    kind: ClassVar[str] = "ExternalName"

    external_name: str | None = None

    def problems(self) -> Iterator[Problem]:
        """Yield every problem with these fields."""
        yield from super().problems()
        if self.external_name is not None:
            yield from _checks.host_name("external_name", self.external_name)


@dataclass(frozen=True, kw_only=True)
class SelectorLess(BaseExposure):
    """A virtual address whose endpoints are listed by hand, in or outside the cluster.

    It selects no pods; a second Service, `<name>-origin`, does. It offers HTTPS alone, and the
    origin plain HTTP too. An endpoint must be where something listens: a node port or another
    virtual address is not, as a connection is only redirected once.

    Attributes:
        endpoints: Addresses behind the Service. Default none: then whoever owns the
            EndpointSlices of this Service decides.
        endpoint_port: Port for HTTPS on these addresses. Default 8443.
        cluster_ip: A fixed address from the cluster's Service range. To set it, or to take it out, makes the Service
            anew, even if it names the address that is there: nothing answers meanwhile, and other addresses
            may change. Default: chosen there.
    """

    kind: ClassVar[str] = "SelectorLess"
    offers_http: ClassVar[bool] = False

    endpoints: tuple[str, ...] = ()
    endpoint_port: int = POD_HTTPS_PORT
    cluster_ip: str | None = None

    def problems(self) -> Iterator[Problem]:
        """Yield every problem with these fields."""
        yield from super().problems()
        for endpoint in self.endpoints:
            yield from _checks.routed_address("endpoints", endpoint)
        families = {_checks.family(endpoint) for endpoint in self.endpoints if _checks.is_ip(endpoint)}
        if len(families) > 1:
            yield Problem(
                field="endpoints",
                value=self.endpoints,
                remedy="mixes IPv4 and IPv6; one EndpointSlice holds one family",
            )
        yield from _checks.port("endpoint_port", self.endpoint_port)
        if self.cluster_ip is not None:
            yield from _checks.ip_address("cluster_ip", self.cluster_ip)
            if _checks.is_ip(self.cluster_ip) and families and _checks.family(self.cluster_ip) not in families:
                remedy = f"must be of {' or '.join(families)}, as the endpoints are: the Service has no other"
                yield Problem(field="cluster_ip", value=self.cluster_ip, remedy=remedy)


Exposure = ClusterIP | Headless | NodePort | LoadBalancer | ExternalName | SelectorLess
