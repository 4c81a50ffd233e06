"""Values of wrong types: programs without a type checker are told the argument, the value and the remedy."""

from typing import Any

import pulumi
import pytest

from components import (
    Access,
    ClusterIP,
    CurlProbe,
    CurlProbeArgs,
    Expectations,
    GeneratedCertificate,
    InlineContent,
    NginxOptions,
    ProbeScript,
    ProbeScriptArgs,
    ProvidedCertificate,
    SecureNginx,
    Target,
)
from tests.unit import probes, sites
from tests.unit.harness import Deploy

TARGET = Target(name="service", host="web.shop.svc")
IN_PLAIN = "must be a plain value, since it decides on what there is; an Output is none yet"
SOURCES = "GeneratedCertificate, ProvidedCertificate, ExistingSecret, CertManagerCertificate"


def probe_args(**fields: Any) -> CurlProbeArgs:
    known: dict[str, Any] = {"namespace": "shop", "image": "curl:8.22", "targets": (TARGET,), "ca_config_map": "ca"}
    return CurlProbeArgs(**{**known, **fields})


def told(problem: str, create: Any) -> None:
    """`create` must be refused for this problem alone."""
    with pytest.raises(ValueError, match=r": 1 problem\(s\)\n") as error:
        create()
    assert f"\n  - {problem}" in str(error.value)


@pytest.mark.usefixtures("deploy")
@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"namespace": 5}, "namespace: 5 must be text"),
        ({"namespace": None}, "namespace: (not set) must be text"),
        ({"image": None}, "image: (not set) must be text"),
        ({"replicas": "2"}, "replicas: '2' must be a whole number"),
        ({"replicas": 2.5}, "replicas: 2.5 must be a whole number"),
        ({"replicas": True}, "replicas: True must be a whole number"),
        ({"service_links": "no"}, "service_links: 'no' must be True or False"),
        ({"labels": None}, "labels: (not set) must be a dictionary"),
        ({"labels": 5}, "labels: 5 must be a dictionary"),
        ({"labels": {"a": 1}}, "labels.a: 1 must be text"),
        ({"labels": {1: "a"}}, "labels: 1 must be text, as every key"),
        ({"host_names": "www.example.com"}, "host_names: 'www.example.com' must be a tuple; one of a single"),
        ({"host_names": ("www.example.com", 5)}, "host_names.1: 5 must be text"),
        ({"access": Access(namespaces="prod")}, "access.namespaces: 'prod' must be a tuple"),  # type: ignore[arg-type]
        ({"access": Access(pods=({"a": 1},))}, "access.pods.0.a: 1 must be text"),  # type: ignore[dict-item]
        ({"service": {"type": "NodePort"}}, "service: '(dict)' must be one of: ClusterIP, Headless, NodePort,"),
        ({"service": ClusterIP}, "service: '(ClusterIP)' must be one of: ClusterIP"),
        ({"service": ClusterIP(https_port=True)}, "service.https_port: True must be a whole number"),
        ({"service": ClusterIP(session_affinity="clientip")}, "service.session_affinity: 'clientip' must be one"),  # type: ignore[arg-type]
        ({"certificate": None}, f"certificate: (not set) must be one of: {SOURCES}"),
        ({"certificate": {"private_key": "hush"}}, f"certificate: '(dict)' must be one of: {SOURCES}"),
        ({"certificate": GeneratedCertificate(key_algorithm="RSA-1024")}, "certificate.key_algorithm: 'RSA-1024'"),  # type: ignore[arg-type]
        ({"nginx": NginxOptions(http=False)}, "nginx.http: False must be one of: off, redirect, serve"),  # type: ignore[arg-type]
        ({"nginx": NginxOptions(tls_profile="Modern")}, "nginx.tls_profile: 'Modern' must be one of: modern,"),  # type: ignore[arg-type]
        ({"nginx": "modern"}, "nginx: 'modern' must be a NginxOptions"),
        ({"content": InlineContent(files={"a": b"x"})}, "content.files.a: '(bytes)' must be text"),  # type: ignore[dict-item]
        ({"content": "x" * 80}, f"content: '{'x' * 80}' must be one of: InlineContent"),
        ({"content": "x" * 81}, "content: '(str)' must be one of: InlineContent"),
        ({"autoscaling": 3}, "autoscaling: 3 must be a Autoscaling"),
    ],
)  # fmt: skip
def test_a_site_is_told_what_is_wrong(fields: dict[str, Any], problem: str) -> None:
    told(problem, lambda: SecureNginx("web", sites.args(**fields)))


@pytest.mark.usefixtures("deploy")
@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"image": 5}, "image: 5 must be text"),
        ({"targets": TARGET}, "targets: '(Target)' must be a tuple"),
        ({"targets": (Target(name="a", host="b", trust="Public"),)}, "targets.0.trust: 'Public' must be one of"),  # type: ignore[arg-type]
        ({"targets": (Target(name="a", host="b", port=None),)}, "targets.0.port: (not set) must be a whole number"),  # type: ignore[arg-type]
        ({"expect": Expectations(statuses=200)}, "expect.statuses: 200 must be a tuple"),  # type: ignore[arg-type]
        ({"expect": Expectations(tls_minimum="1.1")}, "expect.tls_minimum: '1.1' must be one of: 1.2, 1.3"),  # type: ignore[arg-type]
        ({"cron_job": True}, "cron_job: True must be a CronJobMode"),
        ({"triggers": {1: "x"}}, "triggers: 1 must be text, as every key"),
    ],
)  # fmt: skip
def test_a_probe_is_told_what_is_wrong(fields: dict[str, Any], problem: str) -> None:
    told(problem, lambda: CurlProbe("web-probe", probe_args(**fields)))


@pytest.mark.usefixtures("deploy")
@pytest.mark.parametrize("component", [SecureNginx, CurlProbe, ProbeScript])
def test_a_dictionary_is_no_arguments(component: Any) -> None:
    told(f"args: '(dict)' must be a {component.__name__}Args", lambda: component("web", {"namespace": "shop"}))


@pytest.mark.usefixtures("deploy")
@pytest.mark.parametrize(
    ("create", "problem"),
    [
        (lambda: SecureNginx(5, sites.args()), "name: 5 must be text"),  # type: ignore[arg-type]
        (lambda: CurlProbe(5, probe_args()), "name: 5 must be text"),  # type: ignore[arg-type]
        (lambda: ProbeScript(None, ProbeScriptArgs(namespace="shop")), "name: (not set) must be text"),  # type: ignore[arg-type]
        (lambda: ProbeScript("a", ProbeScriptArgs(namespace=None)), "namespace: (not set) must be text"),  # type: ignore[arg-type]
    ],
)
def test_so_is_a_wrong_name(create: Any, problem: str) -> None:
    told(problem, create)


def test_a_refusal_names_what_was_to_be_made() -> None:
    with pytest.raises(ValueError, match=r"^ProbeScript None: 1 problem"):
        ProbeScript(None, ProbeScriptArgs(namespace="shop"))  # type: ignore[arg-type]


@pytest.mark.usefixtures("deploy")
def test_a_secret_of_a_wrong_type_is_not_shown() -> None:
    provided = ProvidedCertificate(certificate="PEM", private_key=12345, public_trust=True)  # type: ignore[arg-type]

    told(
        "certificate.private_key: '(secret)' must be text", lambda: SecureNginx("web", sites.args(certificate=provided))
    )


@pytest.mark.usefixtures("deploy")
def test_what_decides_on_what_there_is_may_not_be_known_later() -> None:
    late: Any = pulumi.Output.from_input("10.96.0.7")

    told(f"image: '(Output)' {IN_PLAIN}", lambda: SecureNginx("web", sites.args(image=late)))
    address = f"service.cluster_ip: '(Output)' {IN_PLAIN}"
    told(address, lambda: SecureNginx("web", sites.args(service=ClusterIP(cluster_ip=late))))


def test_what_only_flows_into_a_resource_may_be_known_later(deploy: Deploy) -> None:
    def program() -> None:
        sites.program(namespace=pulumi.Output.from_input("shop"))()

    assert deploy(program).one("Deployment").inputs["metadata"]["namespace"] == "shop"


def test_so_may_the_image_of_a_probe(deploy: Deploy) -> None:
    job = deploy(lambda: CurlProbe("web-probe", probes.args(image=pulumi.Output.from_input("curl:8.22")))).one("Job")

    assert job.inputs["spec"]["template"]["spec"]["containers"][0]["image"] == "curl:8.22"
