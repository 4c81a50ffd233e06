"""The last lines of a deployment: where the site is, how to fetch it from here, and the probe's verdict."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from lab import topology
from lab.progress import say

Outputs = Mapping[str, Any]
"""Outputs by name. One that is null may be missing: the engine leaves it out at the top, and keeps it further down."""


def show(outputs: Outputs, *, folder: Path, on_lab: bool) -> None:
    """Print a stack's outputs for a person.

    Args:
        outputs: the stack's outputs: those of one site, or `sites` with several.
        folder: where the certificate of each site's authority is put, for the command lines that are printed.
        on_lab: whether the site runs on the lab, whose addresses have twins on this machine.
    """
    for name, site in outputs.get("sites", {outputs.get("service", "site"): outputs}).items():
        authority = folder / f"{name}-ca.crt"
        authority.write_text(site.get("caCertificate") or "")
        for line in _lines(site, authority, on_lab=on_lab):
            say(line)


def _lines(site: Outputs, authority: Path, *, on_lab: bool) -> Iterator[str]:
    yield f"\n{site['service']} in namespace {site['namespace']}: {site['type']}"
    yield f"  cluster IP      {site.get('clusterIp') or 'none'}"
    ports = ", ".join(f"{name} {port}" for name, port in _node_ports(site).items())
    yield f"  node ports      {ports or 'none'}"
    yield f"  load balancer   {site.get('loadBalancerAddress') or 'none'}"
    for number, url in enumerate(site["urls"]):
        yield f"  {'URLs' if number == 0 else '':<15} {url}"
    yield f"  certificate     valid until {(site.get('certificate') or {}).get('notAfter') or 'unknown'}"
    if on_lab and (way := _way_from_here(site)):
        yield f"  from here       curl --cacert {authority} {way}"
    yield f"  verdict         {site['probe']}"


def _way_from_here(site: Outputs) -> str | None:
    """Return curl's arguments for fetching the page from this machine, by the name that the certificate has."""
    url = site["urls"][0]
    port = urlsplit(url).port or 443
    if address := site.get("loadBalancerAddress"):
        return f"--connect-to ::{topology.on_loopback(address)}:{port} {url}"
    if node_port := _node_ports(site).get("https"):
        node = topology.on_loopback(topology.NODES[0].address)
        return f"--connect-to ::{node}:{node_port} {url}"
    return None


def _node_ports(site: Outputs) -> Mapping[str, int]:
    return {name: int(port) for name, port in (site.get("nodePorts") or {}).items() if port}
