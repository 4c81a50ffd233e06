"""Turn a site into the probe that proves it: which ways lead there, what must be found."""

import dataclasses
import json
from collections.abc import Iterator, Mapping

import pulumi

from components import (
    POD_HTTP_PORT,
    POD_HTTPS_PORT,
    Access,
    Certificate,
    CertManagerCertificate,
    ClusterIP,
    CurlProbeArgs,
    ExistingSecret,
    Expectations,
    Exposure,
    ExternalName,
    Headless,
    LoadBalancer,
    NetworkAccess,
    NodePort,
    PlainHttp,
    SecureNginx,
    SelectorLess,
    Target,
)
from site_settings import ProbeSettings, SiteSettings

# What the probe must find on the plain HTTP port, by what nginx does with it.
_HTTP: Mapping[str, PlainHttp] = {
    "off": "closed",
    "redirect": "redirect",
    "serve": "served",
}


def probe_args(
    site: SecureNginx, settings: SiteSettings, probe: ProbeSettings, script_config_map: pulumi.Input[str]
) -> CurlProbeArgs:
    """The arguments of the probe for `site`, with a script that other probes use, too."""
    # What the site's own pods answer; a Service that leads elsewhere need not answer the same.
    own = probe.expect.completed(_HTTP[settings.nginx.http], settings.service.http_port)
    expect = own if settings.service.offers_http else probe.expect.completed("ignored", settings.service.http_port)
    return CurlProbeArgs(
        namespace=site.namespace,
        image=probe.image,
        script_config_map=script_config_map,
        image_pull_policy=settings.image_pull_policy,
        image_pull_secrets=settings.image_pull_secrets,
        targets=_targets(site, settings, expect, own),
        ca_config_map=site.ca_config_map,
        certificate_pem=site.certificate_pem,
        expect=expect,
        negative_checks=probe.negative_checks,
        triggers={
            "rollout": site.rollout,
            "routing": site.routing,
            "settings": _asked(settings),
        },
        timing=probe.timing,
        job=probe.job,
        cron_job=probe.cron_job,
        shell=probe.shell,
        labels=settings.labels,
        network=_network(settings, expect),
        # The probe finds a node wherever the site does. A user namespace has no say in that.
        scheduling=dataclasses.replace(settings.scheduling, user_namespace=False),
    )


def _asked(settings: SiteSettings) -> str:
    """Changes with all that is asked for to lead clients to the pods, whether or not the site's outputs show it."""
    asked: list[Exposure | Access | Certificate] = [settings.service, settings.access]
    if isinstance(settings.certificate, CertManagerCertificate | ExistingSecret):
        # Others renew it under one and the same name, so that the site's revision cannot tell it from the one before.
        asked.append(settings.certificate)
    return json.dumps([dataclasses.asdict(each) for each in asked], sort_keys=True)


def _network(settings: SiteSettings, expect: Expectations) -> NetworkAccess | None:
    """The ports that the probe needs; None if everybody may reach everything."""
    if not settings.access.restricted:
        return None
    exposure = settings.service
    ports = {POD_HTTPS_PORT, POD_HTTP_PORT, exposure.https_port, expect.http_port}
    node_ports: set[int | None] = set()
    if isinstance(exposure, NodePort) and exposure.node_addresses:
        node_ports.add(exposure.https_node_port)
        if settings.nginx.has_http_port:
            node_ports.add(exposure.http_node_port)
    if isinstance(exposure, SelectorLess):
        ports.add(exposure.endpoint_port)
    known = ports | {port for port in node_ports if port is not None}
    return NetworkAccess(ports=tuple(sorted(known)), node_ports=None in node_ports)


def _targets(site: SecureNginx, settings: SiteSettings, expect: Expectations, own: Expectations) -> tuple[Target, ...]:
    """Every way to the site under the names that its certificate is bound to cover."""
    way = _way(site, settings, own)
    targets = [
        *_inside(site, settings, way, expect),
        *(
            dataclasses.replace(
                way,
                name=f"host-{index}",
                host=host,
                address=way.address or site.fqdn,
                every_address=_fewest_pods(settings) if isinstance(settings.service, Headless) else 0,
            )
            for index, host in enumerate(settings.exact_host_names)
        ),
    ]
    way = dataclasses.replace(way, host=targets[0].host)
    return (*targets, *_origin(site, settings, way, own), *_outside(site, settings, way, expect))


def _inside(site: SecureNginx, settings: SiteSettings, way: Target, expect: Expectations) -> tuple[Target, ...]:
    """The ways by the Service's own names; a foreign certificate need not cover them."""
    if not settings.certificate.covers_service:
        return ()
    if isinstance(settings.service, Headless):
        return (dataclasses.replace(way, name="pods", every_address=_fewest_pods(settings)),)
    short = site.service_name
    names = {
        "short-name": short,
        "namespace-name": pulumi.Output.concat(short, ".", site.namespace),
        "svc-name": pulumi.Output.concat(short, ".", site.namespace, ".svc"),
    }
    # The plain port is the same whatever the name: asking it once says all.
    also = dataclasses.replace(way, expect=dataclasses.replace(expect, http="ignored"))
    others = [dataclasses.replace(also, name=name, host=host) for name, host in names.items()]
    if isinstance(settings.service, ClusterIP):
        address = site.cluster_ips.apply(lambda known: known[0] if known else None)
        others.append(dataclasses.replace(also, name="cluster-ip", address=address))
    return (way, *others)


def _origin(site: SecureNginx, settings: SiteSettings, way: Target, own: Expectations) -> Iterator[Target]:
    """The way to the site's own pods, where the Service leads to others."""
    # A site that rests has none.
    if settings.leads_to_others and settings.replicas:
        yield dataclasses.replace(way, name="origin", address=site.origin_name, expect=own)


def _outside(site: SecureNginx, settings: SiteSettings, way: Target, expect: Expectations) -> Iterator[Target]:
    """The ways past the Service's own names and address: nodes, load balancers, and the others that it leads to."""
    exposure = settings.service
    if not settings.nginx.has_http_port:
        # The site has no port for it there, but something else may: a node's own, or who shares the balancer's address.
        way = dataclasses.replace(way, expect=dataclasses.replace(expect, http="ignored"))
    if isinstance(exposure, NodePort):
        for index, address in enumerate(exposure.node_addresses):
            yield _node(site, way, index, address)
    if isinstance(exposure, LoadBalancer):
        yield dataclasses.replace(way, name="load-balancer", address=site.load_balancer_address)
    if isinstance(exposure, ExternalName) and exposure.external_name:
        # By its own name, as a cache may still lead the Service's name to the alias of before.
        yield dataclasses.replace(way, name="alias", address=exposure.external_name)
    if isinstance(exposure, SelectorLess):
        # Each by itself: behind the virtual address chance decides who is asked, and a dead one is not left out there.
        for index, address in enumerate(exposure.endpoints):
            yield dataclasses.replace(
                way, name=f"endpoint-{index}", address=address, address_port=exposure.endpoint_port
            )


def _way(site: SecureNginx, settings: SiteSettings, own: Expectations) -> Target:
    exposure = settings.service
    # A Service whose endpoints others list may lead anywhere; its pods are at the origin.
    detour = isinstance(exposure, SelectorLess) and not exposure.endpoints
    return Target(
        name="service",
        host=site.fqdn,
        port=exposure.https_port,
        address=site.origin_name if detour else None,
        expect=own if detour else None,
        trust="public" if settings.certificate.public_trust else "given",
    )


def _fewest_pods(settings: SiteSettings) -> int:
    """How many pods there have to be when an update has ended; all that there are will be asked."""
    # An update leaves the number to the autoscaler, which comes to the least that it is given some time later.
    return 1 if settings.autoscaling else settings.replicas


def _node(site: SecureNginx, way: Target, index: int, address: str) -> Target:
    return dataclasses.replace(
        way,
        name=f"node-{index}",
        address=address,
        address_port=site.node_ports.apply(lambda ports: ports["https"]),
        http_address_port=site.node_ports.apply(lambda ports: ports["http"]),
    )
