"""The probe of a site: every way there, the right names, the right expectations."""

import dataclasses
from typing import Any

import pulumi
import pulumi_kubernetes as k8s
import pytest

from components import (
    Access,
    Autoscaling,
    CertManagerCertificate,
    CronJobMode,
    CurlProbeArgs,
    ExistingSecret,
    Expectations,
    ExternalName,
    Headless,
    LoadBalancer,
    NetworkAccess,
    NginxOptions,
    NodePort,
    Scheduling,
    SecureNginx,
    SelectorLess,
    ShellMode,
    Timing,
    Toleration,
)
from site_settings import ProbeSettings, SiteExpectations, SiteSettings
from tests.unit import sites
from tests.unit.harness import Deploy
from verification import probe_args

FQDN = "web.shop.svc.cluster.local"
CLUSTER_IP = "10.96.0.10"  # as the mocks give it
PROBE = ProbeSettings(image="registry.example/curl:8.22.0")


class Plan:
    """What a probe would be asked to do, with every Output resolved."""

    def __init__(self, deploy: Deploy, **changes: Any) -> None:
        self.args: CurlProbeArgs
        self.targets: dict[str, dict[str, Any]] = {}
        probe = changes.setdefault("probe", PROBE)
        settings = SiteSettings(namespace="shop", image=sites.IMAGE, **changes)

        def program() -> None:
            cluster = k8s.Provider("cluster", context="test")
            options = pulumi.ResourceOptions(providers=[cluster])
            site = SecureNginx("web", settings.component_args("shop", {}), options)
            self.args = probe_args(site, settings, probe, "probe-script")
            for target in self.args.targets:
                pulumi.Output.from_input(
                    {
                        "name": target.name,
                        "host": target.host,
                        "port": target.port,
                        "address": target.address,
                        "address_port": target.address_port,
                        "http_address_port": target.http_address_port,
                    }
                ).apply(self._keep)

        deploy(program)

    def _keep(self, target: dict[str, Any]) -> None:
        self.targets[target.pop("name")] = target

    def hosts(self) -> dict[str, tuple[str, str | None]]:
        """Host and address of each target."""
        return {name: (each["host"], each["address"]) for name, each in self.targets.items()}


def test_a_site_is_asked_for_by_every_name_and_its_address(deploy: Deploy) -> None:
    assert Plan(deploy).hosts() == {
        "service": (FQDN, None),
        "short-name": ("web", None),
        "namespace-name": ("web.shop", None),
        "svc-name": ("web.shop.svc", None),
        "cluster-ip": (FQDN, CLUSTER_IP),
    }


def test_its_script_is_the_one_that_others_use_too(deploy: Deploy) -> None:
    assert Plan(deploy).args.script_config_map == "probe-script"


def test_the_plain_port_is_asked_once_for_all_names(deploy: Deploy) -> None:
    plan = Plan(deploy)

    asked = {target.name for target in plan.args.targets if (target.expect or plan.args.expect).http != "ignored"}
    assert asked == {"service"}


@pytest.mark.parametrize("policy", [None, "SingleStack", "PreferDualStack", "RequireDualStack"])
@pytest.mark.parametrize(
    ("scaling", "least"), [(None, 3), (Autoscaling(max_replicas=9), 1)], ids=["fixed", "autoscaled"]
)
def test_every_pod_of_a_headless_service_is_asked(deploy: Deploy, policy: Any, scaling: Any, least: int) -> None:
    plan = Plan(deploy, service=Headless(ip_family_policy=policy), replicas=3, autoscaling=scaling)

    (pods,) = [each for each in plan.args.targets if each.name == "pods"]
    assert pods.every_address == least
    assert plan.targets["pods"]["port"] == 8443


def test_every_node_is_asked_through_its_port(deploy: Deploy) -> None:
    plan = Plan(deploy, service=NodePort(node_addresses=("192.0.2.1", "192.0.2.2")))

    for index in (0, 1):
        node = plan.targets[f"node-{index}"]
        assert (node["host"], node["address"]) == (FQDN, f"192.0.2.{index + 1}")
        assert (node["address_port"], node["http_address_port"]) == (30080, 30081)


@pytest.mark.parametrize(("http", "expected"), [("off", "ignored"), ("redirect", "redirect")])
def test_a_node_is_not_asked_for_http_where_the_site_has_no_port_for_it(
    deploy: Deploy, http: Any, expected: str
) -> None:
    plan = Plan(deploy, service=NodePort(node_addresses=("192.0.2.1",)), nginx=NginxOptions(http=http))

    (node,) = [each for each in plan.args.targets if each.name == "node-0"]
    assert (node.expect or plan.args.expect).http == expected


def test_a_load_balancer_is_asked_by_its_address(deploy: Deploy) -> None:
    plan = Plan(deploy, service=LoadBalancer())

    assert plan.hosts()["load-balancer"] == (FQDN, "192.0.2.10")


def test_an_alias_is_asked_by_its_own_name(deploy: Deploy) -> None:
    assert Plan(deploy, service=ExternalName()).hosts()["service"] == (FQDN, None)


@pytest.mark.parametrize(
    ("exposure", "address"),
    [(SelectorLess(), "web-origin"), (SelectorLess(endpoints=("192.0.2.1",)), None)],
)
def test_a_service_without_endpoints_is_asked_at_its_origin(
    deploy: Deploy, exposure: SelectorLess, address: str | None
) -> None:
    plan = Plan(deploy, service=exposure)

    assert plan.hosts()["service"] == (FQDN, address)
    assert plan.args.expect.http == "ignored"


def test_host_names_are_asked_for_at_the_service(deploy: Deploy) -> None:
    plan = Plan(deploy, host_names=("www.example.com", "*.example.org", "192.0.2.7"))

    hosts = plan.hosts()
    assert hosts["host-0"] == ("www.example.com", FQDN)
    assert hosts["host-1"] == ("192.0.2.7", FQDN)
    assert len(hosts) == 7


def test_a_foreign_certificate_is_judged_by_its_own_names(deploy: Deploy) -> None:
    plan = Plan(
        deploy,
        certificate=ExistingSecret(secret_name="theirs", ca_config_map="their-ca"),
        host_names=("www.example.com",),
        service=LoadBalancer(),
    )

    assert plan.hosts() == {
        "host-0": ("www.example.com", FQDN),
        "load-balancer": ("www.example.com", "192.0.2.10"),
    }


def test_a_foreign_certificate_is_not_asked_for_the_names_of_pods(deploy: Deploy) -> None:
    plan = Plan(
        deploy,
        certificate=ExistingSecret(secret_name="theirs", ca_config_map="their-ca"),
        host_names=("www.example.com",),
        service=Headless(),
    )

    assert plan.hosts() == {"host-0": ("www.example.com", FQDN)}


def test_a_public_certificate_is_judged_by_public_trust(deploy: Deploy) -> None:
    public = CertManagerCertificate(issuer="public", public_trust=True)

    plan = Plan(deploy, certificate=public, host_names=("www.example.com",))

    assert {each.trust for each in plan.args.targets} == {"public"}


@pytest.mark.parametrize(("http", "expected"), [("off", "closed"), ("redirect", "redirect"), ("serve", "served")])
def test_plain_http_must_do_what_it_was_told(deploy: Deploy, http: Any, expected: str) -> None:
    assert Plan(deploy, nginx=NginxOptions(http=http)).args.expect.http == expected


def test_plain_http_is_found_where_the_service_has_it(deploy: Deploy) -> None:
    assert Plan(deploy, service=NodePort(http_port=8081)).args.expect.http_port == 8081


@pytest.mark.parametrize("wish", ["ignored", "closed", "redirect", "served"])
@pytest.mark.parametrize("service", [NodePort(), SelectorLess()])
def test_what_is_said_of_plain_http_goes_before_what_nginx_does(deploy: Deploy, wish: Any, service: Any) -> None:
    expect = SiteExpectations(http=wish, http_port=8081, body_text="Welcome")

    args = Plan(deploy, service=service, probe=ProbeSettings(image=PROBE.image, expect=expect)).args

    assert args.expect == Expectations(http=wish, http_port=8081, body_text="Welcome")
    assert args.network is not None
    assert 8081 in args.network.ports


@pytest.mark.parametrize(
    ("service", "ports"),
    [
        (NodePort(), (80, 443, 8080, 8443)),
        (
            NodePort(node_addresses=("192.0.2.1",), https_node_port=30443, http_node_port=30080),
            (80, 443, 8080, 8443, 30080, 30443),
        ),
        (SelectorLess(endpoint_port=30444), (80, 443, 8080, 8443, 30444)),
    ],
)
def test_the_probe_may_reach_the_ports_that_are_known(deploy: Deploy, service: Any, ports: tuple[int, ...]) -> None:
    assert Plan(deploy, service=service).args.network == NetworkAccess(ports=ports)


def test_the_probe_may_reach_all_node_ports_while_it_is_not_known_which(deploy: Deploy) -> None:
    service = NodePort(node_addresses=("192.0.2.1",), https_node_port=30443)

    network = Plan(deploy, service=service).args.network

    assert network == NetworkAccess(ports=(80, 443, 8080, 8443, 30443), node_ports=True)


def test_a_node_port_that_nobody_asks_need_not_be_known(deploy: Deploy) -> None:
    service = NodePort(node_addresses=("192.0.2.1",), https_node_port=30443)

    network = Plan(deploy, service=service, nginx=NginxOptions(http="off")).args.network

    assert network == NetworkAccess(ports=(80, 443, 8080, 8443, 30443))


def test_the_probe_pulls_its_image_as_the_site_does(deploy: Deploy) -> None:
    args = Plan(deploy, image_pull_secrets=("registry",), image_pull_policy="Always").args

    assert (args.image_pull_secrets, args.image_pull_policy) == (("registry",), "Always")


def test_the_probe_runs_where_the_site_does(deploy: Deploy) -> None:
    where = Scheduling(node_selector={"pool": "dmz"}, tolerations=(Toleration(key="dmz"),), priority_class="high")

    args = Plan(deploy, scheduling=dataclasses.replace(where, user_namespace=True)).args

    assert args.scheduling == where
    assert not list(args.problems())


def test_the_probe_is_labelled_as_the_site_is(deploy: Deploy) -> None:
    assert Plan(deploy, labels={"team": "a"}).args.labels == {"team": "a"}


def test_all_that_is_said_of_the_probe_reaches_it(deploy: Deploy) -> None:
    said = ProbeSettings(
        image="registry.example/curl:8",
        expect=SiteExpectations(min_days_left=3),
        negative_checks=False,
        timing=Timing(wait_seconds=7),
        job=False,
        cron_job=CronJobMode(schedule="@daily"),
        shell=ShellMode(labels={"app": "tools"}),
    )

    args = Plan(deploy, probe=said).args

    for field in dataclasses.fields(ProbeSettings):
        wish = getattr(said, field.name)
        assert wish != getattr(PROBE, field.name), f"say something of {field.name}"
        if field.name != "expect":
            assert getattr(args, field.name) == wish, field.name
    assert args.expect == said.expect.completed("redirect", 80)


def test_the_probe_is_not_limited_where_the_site_is_not(deploy: Deploy) -> None:
    assert Plan(deploy, access=Access(restricted=False)).args.network is None


def test_each_pod_of_a_headless_service_is_asked_by_the_names_of_a_foreign_certificate(deploy: Deploy) -> None:
    theirs = ExistingSecret(secret_name="theirs", ca_config_map="their-ca")

    plan = Plan(deploy, service=Headless(), replicas=5, certificate=theirs, host_names=("www.example.com",))

    (target,) = plan.args.targets
    assert (target.host, target.every_address) == ("www.example.com", 5)
