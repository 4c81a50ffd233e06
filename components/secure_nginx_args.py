"""Arguments of SecureNginx."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

import pulumi

from . import _checks, _names
from ._base_exposure import PodExposure
from ._images import image_problems, pull_secret_problems
from ._problems import Problem, nested
from .access import Access
from .certificate import (
    Certificate,
    GeneratedCertificate,
    ProvidedCertificate,
)
from .content import Content, InlineContent
from .exposure import ClusterIP, Exposure, OnNodes
from .nginx_options import NginxOptions
from .resources import Resources
from .scheduling import Autoscaling, Scheduling

ORIGIN_SUFFIX = "-origin"
# Room for the suffix: a site may get a second Service.
_LONGEST_NAME = _checks.MAX_LABEL - len(ORIGIN_SUFFIX)


@dataclass(frozen=True, kw_only=True)
class SecureNginxArgs:
    """What a site is made of.

    Attributes:
        namespace: Namespace of every object. It must exist.
        image: Image with /usr/sbin/nginx (1.27.4 or newer) and /etc/nginx/mime.types, with a
            tag other than `latest` or a digest. No entry point of it is used. An older nginx
            needs `nginx.version`. Its stop signal must be SIGQUIT, as that of nginx's own images
            is, or connections are cut when a pod stops.
        image_pull_policy: When nodes pull the image. Default `IfNotPresent`.
        replicas: Number of pods; 0 lets the site rest, and nothing of its own answers then. Default 2.
        resources: Requests and limits of each pod. Default: its own defaults.
        service: How the site is exposed. Default: inside the cluster only.
        certificate: Where the certificate comes from. Default: generated.
        host_names: Names and addresses by which clients come besides the Service's own names.
            A certificate that is generated or asked of cert-manager covers them as well; any
            other must cover them. Default none; with a certificate that does not cover the Service's own
            names (`provided`, `existing`, or of public trust) at least one that is no wildcard.
        nginx: Options of nginx. Default: its own defaults.
        access: Who may connect. Default: everyone, to the serving ports alone.
        content: What is served. Default: a welcome page.
        cluster_domain: DNS domain of the cluster. Default `cluster.local`.
        pre_stop_seconds: Pause between the end of routing to a pod and its shutdown; longer
            than the cluster needs to tell every node. Needs Kubernetes 1.30 or newer; 0 does
            without. Default 5.
        rollout_seconds: How long an update waits for the pods, besides what one takes to end that
            has to go before the next can come; more where nodes have to be started
            first. 0 stands for 120 seconds and 10 more for each pod. Default 0.
        autoscaling: Lets the load decide on the number of pods. Default: `replicas` decides.
        scheduling: Where the pods may run. Default: anywhere.
        image_pull_secrets: Names of Secrets for the image's registry. Default none.
        service_links: Whether pods get environment variables for the namespace's Services;
            the Deployment then waits for the site's own Service. Default False.
        labels: More labels for every object and pod. Default none.
    """

    namespace: pulumi.Input[str]
    image: str
    image_pull_policy: Literal["IfNotPresent", "Always", "Never"] = "IfNotPresent"
    replicas: int = 2
    resources: Resources = field(default_factory=Resources)
    service: Exposure = field(default_factory=ClusterIP)
    certificate: Certificate = field(default_factory=GeneratedCertificate)
    host_names: tuple[str, ...] = ()
    nginx: NginxOptions = field(default_factory=NginxOptions)
    access: Access = field(default_factory=Access)
    content: Content = field(default_factory=InlineContent)
    cluster_domain: str = "cluster.local"
    pre_stop_seconds: int = 5
    rollout_seconds: int = 0
    autoscaling: Autoscaling | None = None
    scheduling: Scheduling = field(default_factory=Scheduling)
    image_pull_secrets: tuple[str, ...] = ()
    service_links: bool = False
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def exact_host_names(self) -> tuple[str, ...]:
        """Those of `host_names` that stand for one host each; no client can connect to all that `*.` stands for."""
        return tuple(name for name in self.host_names if not name.startswith("*."))

    def problems(self) -> Iterator[Problem]:
        """Yield every problem with these arguments."""
        if isinstance(self.namespace, str):
            yield from _checks.dns_label("namespace", self.namespace)
        yield from image_problems("image", self.image)
        yield from _checks.between("replicas", self.replicas, 0, 100)
        yield from nested("resources", self.resources.problems())
        yield from nested("service", self.service.problems())
        yield from nested("certificate", self.certificate.problems())
        yield from self._host_name_problems()
        yield from nested("nginx", self.nginx.problems())
        yield from nested("access", self.access.problems())
        yield from self._way_in_problems()
        yield from self._family_problems()
        yield from nested("content", self.content.problems())
        yield from _checks.host_name("cluster_domain", self.cluster_domain)
        yield from _checks.between("pre_stop_seconds", self.pre_stop_seconds, 0, 300)
        yield from _checks.between("rollout_seconds", self.rollout_seconds, 0, 3600)
        yield from self._scale_problems()
        yield from nested("scheduling", self.scheduling.problems())
        yield from pull_secret_problems(self.image_pull_secrets)
        yield from _names.label_problems("labels", self.labels)

    def _way_in_problems(self) -> Iterator[Problem]:
        way = None
        if isinstance(self.service, OnNodes):
            way = f"a {self.service.kind}"
        elif isinstance(self.service, ClusterIP) and self.service.external_ips:
            way = "external addresses"
        if way is not None and not self.access.open and not self.access.networks:
            yield Problem(
                field="access.networks",
                value=[],
                remedy=f"must list the networks of nodes and clients: traffic to {way} arrives "
                "with their addresses, which no list of pods or namespaces admits",
            )
        http_node_port = self.service.http_node_port if isinstance(self.service, OnNodes) else None
        if not self.nginx.has_http_port and http_node_port is not None:
            remedy = "has no effect with nginx.http off; remove it"
            yield Problem(field="service.http_node_port", value=http_node_port, remedy=remedy, idle=True)

    def _family_problems(self) -> Iterator[Problem]:
        if self.nginx.ipv6 or not isinstance(self.service, PodExposure):
            return
        service = self.service
        fixed = service.cluster_ip if isinstance(service, ClusterIP) else None
        for name, leads, instead in (
            ("ip_families", "IPv6" in service.ip_families, "take IPv6 out"),
            ("ip_family_policy", service.ip_family_policy == "RequireDualStack", "ask for SingleStack"),
            ("cluster_ip", _checks.family(fixed or "") == "IPv6", "give one of IPv4"),
        ):
            if leads:
                yield Problem(
                    field=f"service.{name}",
                    value=getattr(service, name),
                    remedy=f"leads clients to IPv6, on which nginx does not listen; set nginx.ipv6, or {instead}",
                )

    def _scale_problems(self) -> Iterator[Problem]:
        if self.autoscaling is None:
            return
        yield from nested("autoscaling", self.autoscaling.problems())
        if self.replicas == 0:
            yield Problem(
                field="replicas",
                value=0,
                remedy="must be at least 1 with autoscaling, which measures pods; or remove autoscaling",
            )
        if self.autoscaling.max_replicas < self.replicas:
            yield Problem(
                field="autoscaling.max_replicas",
                value=self.autoscaling.max_replicas,
                remedy=f"must be at least {self.replicas}, the number of replicas",
            )
        request = self.resources.cpu_request
        if not any(_checks.cpu("cpu_request", request)) and not _checks.amount(request):
            yield Problem(
                field="resources.cpu_request",
                value=request,
                remedy="must be more than nothing with autoscaling, which measures its use in per cent; "
                "or remove autoscaling",
            )

    def _host_name_problems(self) -> Iterator[Problem]:
        for name in self.host_names:
            if not _checks.is_ip(name):
                yield from _checks.host_name("host_names", name, wildcard=True)
        yield from _checks.distinct("host_names", self.host_names)
        if isinstance(self.certificate, ProvidedCertificate):
            problems = self.certificate.name_problems(self.host_names)
            yield from nested("certificate", problems)
        if not self.certificate.covers_service and not self.exact_host_names:
            yield Problem(
                field="host_names",
                value=list(self.host_names),
                remedy="must name at least one host that the certificate covers",
            )


def name_problems(name: str) -> Iterator[Problem]:
    """`name` must do as the name of a site and of its Service."""
    yield from _checks.service_name("name", name, _LONGEST_NAME)
    if name == "default":
        yield Problem(field="name", value=name, remedy="is a ServiceAccount of every namespace; choose another name")
