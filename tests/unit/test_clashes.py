"""What two sites of one stack cannot both have: each is named where it stands, and what can stand is accepted."""

from typing import Any

import pytest

from tests.unit.test_settings import MINIMAL, complaints, load


@pytest.mark.parametrize("name", ["web-origin", "web-ca-1"])
def test_a_name_that_another_site_needs_is_refused(name: str) -> None:
    (complaint,) = complaints({**MINIMAL, "sites": {"web": {}, name: {}}})

    assert complaint.startswith(f"secure-nginx:sites.{name}: {name!r} is what an object of the site 'web' is called")
    assert load({**MINIMAL, "sites": {"shop": {}, name: {}}})


def test_a_node_port_is_one_site_s() -> None:
    values: dict[str, Any] = {
        "one": {"service": {"type": "NodePort", "httpsNodePort": 30001, "httpNodePort": 30002}},
        "two": {"service": {"type": "LoadBalancer", "httpsNodePort": 30002}},
    }

    (complaint,) = complaints({**MINIMAL, "sites": values})

    assert complaint == (
        "secure-nginx:sites.two.service.httpsNodePort: 30002 is that of the site 'one'; choose another one"
    )
    values["two"]["service"]["httpsNodePort"] = 30003
    assert load({**MINIMAL, "sites": values})


@pytest.mark.parametrize("key", ["httpNodePort", "healthCheckNodePort"])
def test_a_node_port_is_one_site_s_whatever_it_is_for(key: str) -> None:
    one = {"type": "NodePort", "httpsNodePort": 30001}
    two = {"type": "LoadBalancer", "externalTrafficPolicy": "Local", key: 30001}

    (complaint,) = complaints({**MINIMAL, "sites": {"one": {"service": one}, "two": {"service": two}}})

    assert complaint == f"secure-nginx:sites.two.service.{key}: 30001 is that of the site 'one'; choose another one"


@pytest.mark.parametrize(
    ("shared", "one", "two"),
    [
        pytest.param({"clusterIp": "10.96.0.7"}, {}, {}, id="shared"),
        pytest.param(
            {}, {"clusterIp": "10.96.0.7"}, {"type": "SelectorLess", "clusterIp": "10.96.0.7"}, id="each-its-own"
        ),
        pytest.param({"clusterIp": "fd00::7"}, {}, {"clusterIp": "FD00:0::7"}, id="written-unlike"),
    ],
)
def test_an_address_in_the_cluster_is_one_site_s(
    shared: dict[str, str], one: dict[str, str], two: dict[str, str]
) -> None:
    values = {**MINIMAL, "service": shared, "sites": {"one": {"service": one}, "two": {"service": two}}}

    assert complaints(values) == [
        f"secure-nginx:sites.two.service.clusterIp: {(shared | two)['clusterIp']!r} is that of the site 'one'; "
        "choose another one"
    ]


@pytest.mark.parametrize(
    ("one", "two"),
    [
        pytest.param({"clusterIp": "10.96.0.7"}, {"clusterIp": "10.96.0.8"}, id="unlike"),
        pytest.param({"type": "Headless"}, {"type": "Headless"}, id="headless"),
        pytest.param({"externalIps": ["192.0.2.7"]}, {"externalIps": ["192.0.2.8"]}, id="external"),
        pytest.param(
            {"externalIps": ["192.0.2.7"]},
            {"externalIps": ["192.0.2.7"], "httpsPort": 8443, "httpPort": 8080},
            id="other-ports",
        ),
    ],
)
def test_addresses_that_are_no_single_site_s_stand_side_by_side(one: dict[str, Any], two: dict[str, Any]) -> None:
    assert load({**MINIMAL, "sites": {"one": {"service": one}, "two": {"service": two}}})


@pytest.mark.parametrize(
    ("two", "clashes"),
    [
        ({}, {"192.0.2.7 port 443", "192.0.2.7 port 80"}),
        ({"httpPort": 8080}, {"192.0.2.7 port 443"}),
        ({"type": "LoadBalancer", "httpsPort": 8443}, {"192.0.2.7 port 80"}),
        ({"httpsPort": 80, "httpPort": 8080}, {"192.0.2.7 port 80"}),
        ({"externalIps": ["192.0.2.9", "2001:DB8:0::7"], "httpPort": 8080}, {"2001:DB8:0::7 port 443"}),
    ],
    ids=["both", "https", "http", "crossed", "written-unlike"],
)
def test_a_port_of_an_external_address_is_one_site_s(two: dict[str, Any], clashes: set[str]) -> None:
    shared = {"externalIps": ["192.0.2.7", "2001:db8::7"]}
    two = {"externalIps": ["192.0.2.7"], **two}

    found = complaints({**MINIMAL, "sites": {"one": {"service": shared}, "two": {"service": two}}})

    assert set(found) == {
        f"secure-nginx:sites.two.service.externalIps: {clash!r} is that of the site 'one'; choose another one"
        for clash in clashes
    }


def test_a_port_that_a_site_does_not_offer_may_be_another_s() -> None:
    values = {**MINIMAL, "service": {"externalIps": ["192.0.2.7"]}, "nginx": {"http": "off"}}

    assert load({**values, "sites": {"one": {}, "two": {"service": {"httpsPort": 8443}}}})


@pytest.mark.parametrize(("key", "value"), [("clusterIp", "None"), ("externalIps", ["None"])])
def test_what_is_no_address_is_not_taken_for_that_of_another_site(key: str, value: object) -> None:
    (complaint,) = complaints({**MINIMAL, "service": {key: value}, "sites": {"one": {}, "two": {}}})

    assert complaint.startswith(f"secure-nginx:service.{key}: 'None' must be an IP address")
