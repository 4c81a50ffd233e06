"""What a site is made of and what leans on what, from clients on the left to keys on the right."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from report import certificates, words
from report.state import Resource
from report.survey import Site

Tone = Literal["plain", "good", "bad", "secret"]


@dataclass(frozen=True, kw_only=True)
class Box:
    """One thing.

    Attributes:
        key: What tells it from others in the graph.
        title: What it is.
        name: Its name; empty if it has none.
        lines: What is to be known of it.
        tone: How it is drawn.
    """

    key: str
    title: str
    name: str = ""
    lines: tuple[str, ...] = ()
    tone: Tone = "plain"


@dataclass(frozen=True, kw_only=True)
class Group:
    """Things of one place.

    Attributes:
        title: The place.
        leans: How it leans on the next group, in a word or two.
        boxes: The things.
    """

    title: str
    leans: str
    boxes: tuple[Box, ...]


@dataclass(frozen=True, kw_only=True)
class Graph:
    """A site.

    Attributes:
        groups: Its places, in the order in which one leans on the next.
        edges: Pairs of keys: the first thing leans on the second.
    """

    groups: tuple[Group, ...]
    edges: tuple[tuple[str, str], ...]

    def leans_on(self, box: Box) -> list[Box]:
        """The things on which one leans."""
        ends = [end for start, end in self.edges if start == box.key]
        return [each for group in self.groups for each in group.boxes if each.key in ends]


def of(site: Site) -> Graph:
    """The graph of a site; groups without a thing are left out."""
    groups = (
        Group(title="Who asks", leans="HTTPS", boxes=(_clients(site), *_probes(site))),
        Group(title="Service", leans="routes to", boxes=tuple(_service(site))),
        Group(title="Pods and their guards", leans="mount", boxes=(*_pods(site), *_guards(site))),
        Group(title="In the namespace", leans="made from", boxes=tuple(_mounted(site))),
        Group(title="In the state", leans="", boxes=tuple(_issued(site))),
    )
    gone = {each.urn for each in site.lacking}
    present = tuple(
        replace(group, boxes=tuple(_marked(each, gone) for each in group.boxes)) for group in groups if group.boxes
    )
    known = {box.key for group in present for box in group.boxes}
    edges = dict.fromkeys((*_asking(site), *_routing(site), *_mounting(site), *_making(site)))
    return Graph(groups=present, edges=tuple(each for each in edges if known.issuperset(each)))


def _marked(box: Box, gone: Collection[str]) -> Box:
    """The thing, or what it is if the cluster lacks it."""
    return replace(box, lines=("not in the cluster",), tone="bad") if box.key in gone else box


def _of(resources: Sequence[Resource], *kinds: str) -> list[Resource]:
    return [each for each in resources if each.kind in kinds]


def _clients(site: Site) -> Box:
    kind = site.outputs.get("type", "")
    where = {"NodePort": "any node", "LoadBalancer": "load balancer"}
    lines = ["in the cluster", *([f"outside: {where[kind]}"] if kind in where else [])]
    if site.outputs.get("caConfigMap"):
        lines.append("trust one authority")
    return Box(key="clients", title="Clients", lines=tuple(lines))


def _probes(site: Site) -> Iterator[Box]:
    tone: Tone = "good" if site.verdict == "verified" else "bad" if site.verdict == "failed" else "plain"
    for each in _of(site.probe_resources, "Job"):
        lines = (site.verdict, *([f"{words.counted(len(site.ways), 'way')} to the site"] if site.ways else []))
        yield Box(key=each.urn, title="Probe of the update", name=each.object_name, lines=lines, tone=tone)
    for each in _of(site.probe_resources, "CronJob"):
        yield Box(
            key=each.urn, title="Probe that watches", name=each.object_name, lines=(str(_spec(each).get("schedule")),)
        )


def _service(site: Site) -> Iterator[Box]:
    for each in _of(site.resources, "Service"):
        # The outputs are about the site's own; a second one leads from that to the pods.
        is_sites = each.object_name == site.outputs.get("service", site.name)
        told = site.outputs if is_sites and site.outputs else _declared(each)
        ports, node_ports = told.get("ports") or {}, told.get("nodePorts") or {}
        lines = [str(told.get("type", ""))]
        for name in ("https", "http"):
            if ports.get(name):
                through = f", node {node_ports[name]}" if node_ports.get(name) else ""
                lines.append(f"{name} {ports[name]}{through}")
        lines.append(str(told.get("loadBalancerAddress") or told.get("clusterIp") or ""))
        yield Box(key=each.urn, title="Service", name=each.object_name, lines=tuple(filter(None, lines)))


def _declared(service: Resource) -> Mapping[str, Any]:
    """What a Service declares, and the address that it was given, in the words of a site's outputs."""
    spec, given = _spec(service), service.outputs.get("spec") or {}
    ports = spec.get("ports") or ()
    return {
        "type": spec.get("type", "ClusterIP"),
        "ports": {each.get("name"): int(each["port"]) for each in ports},
        "nodePorts": {each.get("name"): int(each.get("nodePort", 0)) for each in ports},
        "clusterIp": given.get("clusterIP"),
    }


def _pods(site: Site) -> Iterator[Box]:
    for each in _of(site.resources, "Deployment"):
        if site.pods is None:
            yield Box(key=each.urn, title="Deployment", name=each.object_name, lines=("the cluster does not answer",))
            continue
        if each.object_name in site.missing:
            lines: tuple[str, ...] = ("not in the cluster",)
            yield Box(key=each.urn, title="Deployment", name=each.object_name, lines=lines, tone="bad")
            continue
        nodes = sorted({pod.node for pod in site.pods if pod.node})
        lines = (
            f"{site.ready} of {words.counted(site.wanted, 'pod')} ready",
            *([f"told to have {site.scaled}"] if site.rescaled else []),
            *site.stuck,
            *(f"on {node}" for node in nodes[:3]),
            *([f"and {words.counted(len(nodes) - 3, 'node')} more"] if len(nodes) > 3 else []),
        )
        tone: Tone = "good" if site.ready >= site.wanted and not (site.rescaled or site.stuck) else "bad"
        yield Box(key=each.urn, title="Deployment", name=each.object_name, lines=lines, tone=tone)


def _guards(site: Site) -> Iterator[Box]:
    titles = {
        "NetworkPolicy": ("Network policy", "who may connect"),
        "PodDisruptionBudget": ("Disruption budget", "one pod at a time"),
        "HorizontalPodAutoscaler": ("Autoscaler", "the load decides"),
        "ServiceAccount": ("Service account", "no token in any pod"),
    }
    for kind, (title, line) in titles.items():
        for each in _of(site.resources, kind):
            yield Box(key=each.urn, title=title, lines=(line,))


def _mounted(site: Site) -> Iterator[Box]:
    order = ("Secret", "Configuration", "Content", "Authority, to trust")
    # The engine makes them side by side, in another order each time.
    for each in sorted(_of(site.resources, "Secret", "ConfigMap"), key=lambda each: order.index(_purpose(each)[0])):
        title, line = _purpose(each)
        tone: Tone = "secret" if each.kind == "Secret" else "plain"
        yield Box(key=each.urn, title=title, name=each.object_name, lines=(line,), tone=tone)


def _purpose(resource: Resource) -> tuple[str, str]:
    if resource.kind == "Secret":
        return "Secret", "certificate and key"
    keys = set(resource.inputs.get("data") or {})
    if "ca.crt" in keys:
        return "Authority, to trust", "public"
    return ("Configuration", "nginx.conf") if "nginx.conf" in keys else ("Content", "what is served")


def _issued(site: Site) -> Iterator[Box]:
    lines = {
        "Certificate": "for the site's names",
        "Private key": "goes to the Secret",
        "Authority": "signs it",
        "Another authority": "clients trust it, too",
        "Authority's key": "stays in the state",
    }
    found = [
        (_role(site, each), each) for each in _of(site.resources, "LocallySignedCert", "SelfSignedCert", "PrivateKey")
    ]
    for title, each in sorted(found, key=lambda pair: list(lines).index(pair[0])):
        tone: Tone = "secret" if each.kind == "PrivateKey" else "plain"
        yield Box(key=each.urn, title=title, lines=(lines[title],), tone=tone)


def _role(site: Site, resource: Resource) -> str:
    if resource.kind == "PrivateKey":
        # The name of a site may itself look like that of an authority.
        is_authoritys = re.fullmatch(rf"{re.escape(site.name)}-ca-\d+-key", resource.name)
        return "Authority's key" if is_authoritys else "Private key"
    if resource.kind == "LocallySignedCert":
        return "Certificate"
    return "Authority" if resource is certificates.signer(site.resources) else "Another authority"


def _spec(resource: Resource) -> Mapping[str, Any]:
    found: Mapping[str, Any] = resource.inputs.get("spec") or {}
    return found


def _asking(site: Site) -> Iterator[tuple[str, str]]:
    for service in _of(site.resources, "Service"):
        yield "clients", service.urn
        for each in _of(site.probe_resources, "Job", "CronJob"):
            yield each.urn, service.urn


def _routing(site: Site) -> Iterator[tuple[str, str]]:
    """From each Service to the Deployments whose pods it selects."""
    for service in _of(site.resources, "Service"):
        selector = _spec(service).get("selector") or {}
        for each in _of(site.resources, "Deployment"):
            labels = _spec(each).get("template", {}).get("metadata", {}).get("labels", {})
            if selector and selector.items() <= labels.items():
                yield service.urn, each.urn


def _mounting(site: Site) -> Iterator[tuple[str, str]]:
    """From each Deployment to what its pods mount."""
    names = {each.object_name: each.urn for each in _of(site.resources, "Secret", "ConfigMap")}
    for each in _of(site.resources, "Deployment"):
        for volume in _spec(each).get("template", {}).get("spec", {}).get("volumes", ()):
            source = volume.get("secret", {}).get("secretName") or volume.get("configMap", {}).get("name")
            if source in names:
                yield each.urn, names[source]


def _making(site: Site) -> Iterator[tuple[str, str]]:
    """From Secrets and ConfigMaps to what they were made from, as the engine knows it."""
    for each in _of(site.resources, "Secret", "ConfigMap"):
        for source in _of(site.resources, "LocallySignedCert", "SelfSignedCert", "PrivateKey"):
            if source.urn in each.dependencies:
                yield each.urn, source.urn
