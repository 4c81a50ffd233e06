"""The probe asks this site's own pods, wherever its Service leads."""

import dataclasses
from typing import Any

import pytest

from components import ExistingSecret, ExternalName, LoadBalancer, NginxOptions, SelectorLess
from site_settings import SiteExpectations
from tests.unit.harness import Deploy
from tests.unit.test_verification import FQDN, PROBE, Plan


@pytest.mark.parametrize(
    ("service", "own"),
    [
        (ExternalName(external_name="cdn.example.com"), True),
        (ExternalName(), False),
        (SelectorLess(endpoints=("192.0.2.1",)), True),
        (SelectorLess(), False),
    ],
    ids=["alias", "own-alias", "listed", "unlisted"],
)
def test_where_the_service_leads_to_others_its_own_pods_are_asked_as_well(
    deploy: Deploy, service: Any, own: bool
) -> None:
    hosts = Plan(deploy, service=service).hosts()

    assert hosts.get("origin") == ((FQDN, "web-origin") if own else None)


def test_its_own_pods_are_asked_for_a_name_that_the_certificate_has(deploy: Deploy) -> None:
    certificate = ExistingSecret(secret_name="web", ca_config_map="ca")
    service = ExternalName(external_name="cdn.example.com")

    hosts = Plan(deploy, service=service, certificate=certificate, host_names=("www.example.com",)).hosts()

    assert hosts["origin"] == ("www.example.com", "web-origin")


def test_an_alias_is_asked_by_itself_whatever_a_cache_says_of_the_service(deploy: Deploy) -> None:
    assert Plan(deploy, service=ExternalName(external_name="cdn.example.com")).hosts()["alias"] == (
        FQDN,
        "cdn.example.com",
    )
    assert "alias" not in Plan(deploy, service=ExternalName()).targets


def test_each_listed_endpoint_is_asked_by_itself(deploy: Deploy) -> None:
    plan = Plan(deploy, service=SelectorLess(endpoints=("192.0.2.1", "192.0.2.2"), endpoint_port=30444))

    found = {name: each for name, each in plan.targets.items() if name.startswith("endpoint-")}
    assert {name: plan.hosts()[name] for name in found} == {
        "endpoint-0": (FQDN, "192.0.2.1"),
        "endpoint-1": (FQDN, "192.0.2.2"),
    }
    assert {each.address_port for each in plan.args.targets if each.name in found} == {30444}
    assert {(each.expect or plan.args.expect).http for each in plan.args.targets if each.name in found} == {"ignored"}


@pytest.mark.parametrize(("http", "expected"), [("off", "closed"), ("redirect", "redirect"), ("serve", "served")])
@pytest.mark.parametrize(
    ("service", "target"),
    [
        (ExternalName(external_name="cdn.example.com"), "origin"),
        (SelectorLess(endpoints=("192.0.2.1",)), "origin"),
        (SelectorLess(), "service"),
    ],
    ids=["alias", "listed", "unlisted"],
)
def test_its_own_pods_are_asked_for_plain_http(
    deploy: Deploy, service: Any, target: str, http: Any, expected: str
) -> None:
    plan = Plan(deploy, service=service, nginx=NginxOptions(http=http))

    assert {each.name: (each.expect or plan.args.expect).http for each in plan.args.targets}[target] == expected


def test_whoever_ignores_plain_http_ignores_it_at_the_origin(deploy: Deploy) -> None:
    probe = dataclasses.replace(PROBE, expect=SiteExpectations(http="ignored"))

    plan = Plan(deploy, service=SelectorLess(), probe=probe)

    assert {(each.expect or plan.args.expect).http for each in plan.args.targets} == {"ignored"}


@pytest.mark.parametrize(
    "service",
    [ExternalName(external_name="cdn.example.com"), SelectorLess(endpoints=("192.0.2.1",))],
    ids=["alias", "listed"],
)
def test_of_a_site_at_rest_the_others_are_asked_alone(deploy: Deploy, service: Any) -> None:
    awake = Plan(deploy, service=service, host_names=("www.example.com",))

    resting = Plan(deploy, service=service, host_names=("www.example.com",), replicas=0)

    assert awake.targets.keys() - resting.targets.keys() == {"origin"}
    assert {"service", "host-0"} <= resting.targets.keys()


def test_what_is_not_the_site_s_may_answer_on_the_plain_port_of_a_load_balancer(deploy: Deploy) -> None:
    plan = Plan(deploy, service=LoadBalancer(), nginx=NginxOptions(http="off"))

    asked = {each.name: (each.expect or plan.args.expect).http for each in plan.args.targets}
    assert (asked["service"], asked["load-balancer"]) == ("closed", "ignored")


@pytest.mark.parametrize(("http", "expected"), [("redirect", "redirect"), ("serve", "served")])
def test_the_plain_port_of_a_load_balancer_is_asked_where_it_is_the_site_s(
    deploy: Deploy, http: Any, expected: str
) -> None:
    plan = Plan(deploy, service=LoadBalancer(), nginx=NginxOptions(http=http))

    (balancer,) = [each for each in plan.args.targets if each.name == "load-balancer"]
    assert (balancer.expect or plan.args.expect).http == expected
