"""A Service whose endpoints are listed by hand."""

import pytest

from components import SelectorLess
from tests.unit import sites
from tests.unit.harness import Deploy, Deployed


def listed(deploy: Deploy, exposure: SelectorLess) -> Deployed:
    return deploy(sites.program("web", service=exposure))


def test_endpoints_without_a_selector_are_listed(deploy: Deploy) -> None:
    deployed = listed(deploy, SelectorLess(endpoints=("192.0.2.1", "192.0.2.2"), endpoint_port=9443))

    endpoints = deployed.one("EndpointSlice").inputs
    service = deployed.one("Service", "web-service")
    assert deployed.one("EndpointSlice").parent == service.parent == "web"
    assert endpoints["metadata"]["namespace"] == service.inputs["metadata"]["namespace"]
    assert endpoints["metadata"]["annotations"] == {"pulumi.com/patchForce": "true"}
    assert endpoints["metadata"]["labels"]["kubernetes.io/service-name"] == "web"
    assert endpoints["addressType"] == "IPv4"
    assert endpoints["endpoints"] == [
        {"addresses": [address], "conditions": {"ready": True}} for address in ("192.0.2.1", "192.0.2.2")
    ]
    assert endpoints["ports"] == [{"name": "https", "port": 9443, "protocol": "TCP", "appProtocol": "https"}]
    assert deployed.one("Service", "web-service").inputs["spec"]["ports"][0]["targetPort"] == 9443


@pytest.mark.parametrize(("endpoint", "family"), [("192.0.2.1", "IPv4"), ("2001:db8::1", "IPv6")])
def test_a_service_has_the_family_of_its_endpoints(deploy: Deploy, endpoint: str, family: str) -> None:
    deployed = listed(deploy, SelectorLess(endpoints=(endpoint,)))

    assert deployed.one("EndpointSlice").inputs["addressType"] == family
    assert deployed.one("Service", "web-service").inputs["spec"]["ipFamilies"] == [family]


def test_endpoints_can_be_left_to_others(deploy: Deploy) -> None:
    deployed = listed(deploy, SelectorLess())

    assert not deployed.of("EndpointSlice")
    assert "ipFamilies" not in deployed.one("Service", "web-service").inputs["spec"]


def test_listed_endpoints_of_another_family_are_made_anew_and_never_answer_for_each_other(deploy: Deploy) -> None:
    before, after = (listed(deploy, SelectorLess(endpoints=(each,))) for each in ("192.0.2.1", "2001:db8::1"))

    options = before.one("EndpointSlice").options
    assert (list(options.replaceOnChanges), options.deleteBeforeReplace) == (["addressType"], True)
    services = [each.one("Service", "web-service").options for each in (before, after)]
    triggers = [each.replacement_trigger.string_value for each in services]
    assert triggers == ["listed endpoints", "listed endpoints, IPv6"]


def test_the_pods_own_service_has_the_ports_of_the_other(deploy: Deploy) -> None:
    deployed = listed(deploy, SelectorLess(https_port=8444, http_port=8081))

    ports = deployed.one("Service", "web-origin").inputs["spec"]["ports"]
    assert [each["port"] for each in ports] == [8444, 8081]
