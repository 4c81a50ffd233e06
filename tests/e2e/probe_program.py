"""The program of the probes' end-to-end tests: probes of a site that this project did not deploy.

The environment says which: PROBES is a list of names, CHANGES are fields that differ in all of them.
"""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import replace

import pulumi

from components import CronJobMode, CurlProbe, CurlProbeArgs, Expectations, NetworkAccess, Target, Timing
from tests.e2e import driver
from tests.e2e import probe_site as site

IMAGE = "localhost/secure-nginx/curl:8.22.0"
HOST = f"{site.SITE}.{site.DOMAIN}"
_QUICK = Timing(wait_seconds=10, deadline_seconds=50)


def _args(*targets: Target, **fields: object) -> CurlProbeArgs:
    args = CurlProbeArgs(
        namespace=site.NAMESPACE,
        image=IMAGE,
        targets=targets,
        ca_config_map="authority",
        expect=Expectations(body_text=site.WELCOME),
        network=NetworkAccess(ports=(site.GOOD, site.OTHER_NAME, site.EXPIRED, site.PLAIN, site.NOBODY)),
        timing=_QUICK,
        negative_checks=False,
    )
    return replace(args, **fields)  # type: ignore[arg-type]


def _at(port: int = site.GOOD, path: str = "/", host: str = HOST) -> Target:
    return Target(name="site", host=host, port=port, path=path)


def _every_way() -> CurlProbeArgs:
    service = site.service()
    nodes = {f"node-{index}": address for index, address in enumerate(sorted(driver.NODE_TWINS))}
    (balancer,) = service["status"]["loadBalancer"]["ingress"]
    (node_port,) = [each["nodePort"] for each in service["spec"]["ports"] if each["port"] == site.GOOD]
    names = {
        "short-name": site.SITE,
        "namespaced": f"{site.SITE}.{site.NAMESPACE}",
        "svc": f"{site.SITE}.{site.NAMESPACE}.svc",
        "fqdn": HOST,
        "external-name": f"{site.ALIAS}.{site.DOMAIN}",
    }
    targets = [
        *(Target(name=name, host=host, port=site.GOOD) for name, host in names.items()),
        Target(name="cluster-ip", host=HOST, port=site.GOOD, address=service["spec"]["clusterIP"]),
        Target(name="pods", host=f"{site.PODS}.{site.DOMAIN}", port=site.GOOD, every_address=2),
        *(
            Target(name=name, host=HOST, port=site.GOOD, address=address, address_port=node_port)
            for name, address in nodes.items()
        ),
        Target(name="load-balancer", host=HOST, port=site.GOOD, address=balancer["ip"]),
        replace(_at(), name="modern", expect=Expectations(tls_minimum="1.3", http_version="2")),
        replace(
            _at(),
            name="careful",
            expect=Expectations(
                headers={"Strict-Transport-Security": "max-age=1000"},
                body_regex="^Welcome .* else$",
                min_days_left=20,
                http="redirect",
                http_port=site.PLAIN,
            ),
        ),
    ]
    network = NetworkAccess(ports=(site.GOOD, site.PLAIN, node_port))
    return _args(*targets, network=network, negative_checks=True, timing=Timing())


PROBES: Mapping[str, Callable[[], CurlProbeArgs]] = {
    "good": lambda: _args(_at(), negative_checks=True),
    "every-way": _every_way,
    "no-name": lambda: _args(_at(host=f"nobody.{site.DOMAIN}")),
    "no-listener": lambda: _args(_at(site.NOBODY)),
    "wrong-authority": lambda: _args(_at(), ca_config_map="stranger"),
    "public-authority": lambda: _args(replace(_at(), trust="public"), ca_config_map=None),
    "wrong-name": lambda: _args(_at(site.OTHER_NAME)),
    "expired": lambda: _args(_at(site.EXPIRED)),
    "status-404": lambda: _args(_at(path="/absent")),
    "status-503": lambda: _args(_at(path="/broken")),
    "wrong-body": lambda: _args(_at(), expect=Expectations(body_text="Nobody says this")),
    "redirect": lambda: _args(_at(path="/moved")),
    "late": lambda: _args(_at(host=f"{site.LATE}.{site.DOMAIN}"), timing=Timing()),
    "no-image": lambda: _args(_at(), image="localhost/secure-nginx/absent:1", timing=Timing()),
    "watch": lambda: _args(
        _at(host=f"{site.FADING}.{site.DOMAIN}"), job=False, cron_job=CronJobMode(schedule="* * * * *")
    ),
}


def main() -> None:
    """Declare the probes that the environment names and export what each found."""
    changes = json.loads(os.environ["CHANGES"])
    for name in json.loads(os.environ["PROBES"]):
        probe = CurlProbe(name, replace(PROBES[name](), **changes))
        facts = ("verdict", "completed_at", "targets", "fingerprint_sha256", "job_name")
        pulumi.export(name, {fact: getattr(probe, fact) for fact in facts})
