"""Names and labels of one site: pure strings, known before anything exists."""

import dataclasses
import ipaddress
from collections.abc import Iterator, Mapping

from . import _checks
from ._problems import Problem

MANAGED_BY = "pulumi"
_PART_OF = {"app.kubernetes.io/part-of": "secure-nginx"}
_OWN_LABELS = {f"app.kubernetes.io/{each}" for each in ("name", "instance", "component", "managed-by")}


@dataclasses.dataclass(frozen=True, kw_only=True)
class ServiceNames:
    """The DNS names under which Kubernetes resolves one Service.

    Attributes:
        service: Name of the Service.
        namespace: Namespace of the Service.
        cluster_domain: DNS domain of the cluster.
    """

    service: str
    namespace: str
    cluster_domain: str

    @property
    def fqdn(self) -> str:
        """The full name: `<service>.<namespace>.svc.<cluster domain>`."""
        return f"{self.service}.{self.namespace}.svc.{self.cluster_domain}"

    @property
    def all(self) -> tuple[str, ...]:
        """Every name that resolves inside the cluster, shortest first."""
        return (
            self.service,
            f"{self.service}.{self.namespace}",
            f"{self.service}.{self.namespace}.svc",
            self.fqdn,
        )


@dataclasses.dataclass(frozen=True, kw_only=True)
class SubjectNames:
    """What a certificate must cover, split as X.509 splits it: names and addresses."""

    dns: tuple[str, ...]
    ip: tuple[str, ...]


def subject_names(hosts: tuple[str, ...]) -> SubjectNames:
    """Sort `hosts` into DNS names and IP addresses, without repeats, in the given order."""
    dns: dict[str, None] = {}
    ip: dict[str, None] = {}
    for host in hosts:
        try:
            ip[str(ipaddress.ip_address(host))] = None
        except ValueError:
            dns[host] = None
    return SubjectNames(dns=tuple(dns), ip=tuple(ip))


def bracketed(host: str) -> str:
    """A host as it stands before a port: an IPv6 address gets brackets."""
    return f"[{host}]" if ":" in host else host


def url(host: str, port: int) -> str:
    """The https URL of a host; IPv6 addresses get brackets, port 443 is left out."""
    shown = bracketed(host)
    return f"https://{shown}/" if port == 443 else f"https://{shown}:{port}/"


def site_pod_labels(name: str) -> dict[str, str]:
    """The labels that select the pods of the site `name`; they never change over its life."""
    return {"app.kubernetes.io/name": "secure-nginx", "app.kubernetes.io/instance": name}


def label_problems(field: str, labels: Mapping[str, str]) -> Iterator[Problem]:
    """`labels` must be allowed by Kubernetes, and none of those by which objects are found."""
    yield from _checks.labels(field, labels)
    for key in _OWN_LABELS & labels.keys():
        yield Problem(field=field, value=key, remedy="is set by the component itself; choose another key")


def with_part_of(own: Mapping[str, str], more: Mapping[str, str] | None = None) -> dict[str, str]:
    """A component's own labels with `more`, which may say what it is part of and nothing else that `own` says."""
    return {**_PART_OF, **(more or {}), **own}


def standard_labels(name: str) -> dict[str, str]:
    """The own labels of the site `name`, of every object."""
    return {
        **site_pod_labels(name),
        "app.kubernetes.io/component": "web-server",
        "app.kubernetes.io/managed-by": MANAGED_BY,
    }
