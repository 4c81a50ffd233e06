"""Probes for the tests: their arguments, and how they are declared under mocks."""

from typing import Any

import pulumi

from components.curl_probe import CronJobMode, CurlProbe, CurlProbeArgs, NetworkAccess, ShellMode, Target
from tests.unit import certificates
from tests.unit.harness import Deploy, Deployed

SERVICE = Target(name="service", host="web.shop.svc")
LEAF = certificates.certificate_pem("leaf")


def args(**fields: Any) -> CurlProbeArgs:
    return CurlProbeArgs(
        **{
            "namespace": "shop",
            "image": "curl:8.22",
            "targets": (SERVICE,),
            "ca_config_map": "web-ca",
            **fields,
        }
    )


def all_modes(**fields: Any) -> CurlProbeArgs:
    return args(
        cron_job=CronJobMode(),
        shell=ShellMode(),
        network=NetworkAccess(ports=(8443,)),
        **fields,
    )


def declare(deploy: Deploy, with_args: CurlProbeArgs, **options: Any) -> Deployed:
    def program() -> None:
        probe = CurlProbe("web-probe", with_args)
        for each in CurlProbe.__annotations__:
            pulumi.export(each, getattr(probe, each))

    return deploy(program, **options)
