"""The last lines of a deployment: where the site is, how to fetch it from here, and the probe's verdict."""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from lab.errors import LabError
from lab.kubectl import NOT_ASKED
from lab.progress import say
from lab.run import run

Outputs = Mapping[str, Any]
"""Outputs by name. One that is null may be missing: the engine leaves it out at the top, and keeps it further down."""

_PIPED = "--cacert /dev/stdin"
"""How the output `curl` takes the authority's certificate, which makes it long."""


def show(outputs: Outputs, *, stack: str, folder: Path, kubectl: Sequence[str | Path]) -> None:
    """Print a stack's outputs for a person.

    Args:
        outputs: the stack's outputs: those of one site, or `sites` with several.
        stack: its name.
        folder: where the certificate of each site's authority is put, for the command lines that are printed.
        kubectl: the beginning of a kubectl command on the stack's cluster, for an authority that only that knows;
            empty if that is not asked.
    """
    # A command that was asked for its help has deployed nothing.
    if not outputs:
        say(f"The stack {stack} has no outputs: nothing of it is deployed")
        return
    for name, site in outputs.get("sites", {outputs.get("service", "site"): outputs}).items():
        authority = folder / f"{stack}-{name}-ca.crt"
        authority.write_text(_authority(site, kubectl))
        for line in _lines(site, authority):
            say(line)


def _authority(site: Outputs, kubectl: Sequence[str | Path]) -> str:
    """Return whom clients trust: as Pulumi knows it, or from the ConfigMap of somebody else."""
    if site.get("caCertificate") or not site.get("caConfigMap"):
        return site.get("caCertificate") or ""
    where = f"--namespace={site['namespace']}"
    try:
        if not kubectl:
            raise LabError(NOT_ASKED)
        return run([*kubectl, "get", "configmap", site["caConfigMap"], where, r"--output=jsonpath={.data.ca\.crt}"])
    except LabError as error:
        # The site is deployed and verified: that one convenience is missing makes no failure of it.
        say(f"The authority's certificate could not be fetched for the command line below: {error}")
        return ""


def _lines(site: Outputs, authority: Path) -> Iterator[str]:
    yield f"\n{site['service']} in namespace {site['namespace']}: {site['type']}"
    yield f"  cluster IP      {site.get('clusterIp') or 'none'}"
    ports = ", ".join(f"{name} {port}" for name, port in _node_ports(site).items())
    yield f"  node ports      {ports or 'none'}"
    yield f"  load balancer   {site.get('loadBalancerAddress') or 'none'}"
    for number, url in enumerate(site["urls"]):
        yield f"  {'URLs' if number == 0 else '':<15} {url}"
    yield f"  certificate     valid until {(site.get('certificate') or {}).get('notAfter') or 'unknown'}"
    if site.get("loadBalancerAddress") or _node_ports(site):
        yield f"  from here       {_command(site, authority)}"
    yield f"  verdict         {site['probe']}"


def _command(site: Outputs, authority: Path) -> str:
    """Return the output `curl`, short: with the authority's certificate from its file."""
    _, piped, way = str(site["curl"]).rpartition(_PIPED)
    return f"curl --cacert {shlex.quote(str(authority))}{way}" if piped else way


def _node_ports(site: Outputs) -> Mapping[str, int]:
    return {name: int(port) for name, port in (site.get("nodePorts") or {}).items() if port}
