"""Every type of Service, and every change from one type to another, each in one update."""

import itertools
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from tests.e2e import driver, site_stack
from tests.e2e.site_stack import SiteStack

TYPES = ("ClusterIP", "NodePort", "LoadBalancer", "Headless", "ExternalName", "SelectorLess")
# A row-complete Latin square: site i has the type (i + step) at each step. Each ordered pair of types stands side by
# side in exactly one row, so that six sites make all thirty changes in five updates; and no two sites have the same
# type at once.
STEPS = (0, 1, 5, 2, 4, 3)
ROWS = [[TYPES[(site + step) % 6] for step in STEPS] for site in range(6)]
NAMES = [f"site-{number}" for number in range(6)]


@pytest.fixture
def stack(project: Path) -> Iterator[SiteStack]:
    with site_stack.made(project, "services") as made:
        yield made


def test_the_table_has_every_change_once() -> None:
    made = [pair for row in ROWS for pair in itertools.pairwise(row)]

    assert sorted(made) == sorted((old, new) for old in TYPES for new in TYPES if old != new)


def test_every_type_is_verified_and_every_change_is_one_update(stack: SiteStack, tmp_path: Path) -> None:
    for step in range(6):
        kinds = {name: row[step] for name, row in zip(NAMES, ROWS, strict=True)}
        stack.up(replicas=1, sites={name: {"service": {"type": kind}} for name, kind in kinds.items()})
        outputs = stack.outputs()["sites"]
        for name, kind in kinds.items():
            _is(stack, name, kind, outputs[name], tmp_path)

    name = next(name for name, kind in kinds.items() if kind == "SelectorLess")
    _listed_endpoints_are_served(stack, kinds, name)


def _is(stack: SiteStack, name: str, kind: str, outputs: dict[str, Any], folder: Path) -> None:
    """Assert that a site's Service and outputs are those of its type, and that it was verified."""
    service = next(each for each in stack.objects("services") if each["metadata"]["name"] == name)
    spec = service["spec"]
    assert outputs["type"] == kind
    assert outputs["probe"] == "verified"
    assert spec["type"] == ("ClusterIP" if kind in {"Headless", "SelectorLess"} else kind)
    assert (spec.get("clusterIP") == "None") == (kind == "Headless")
    assert ("selector" in spec) == (kind not in {"ExternalName", "SelectorLess"})
    assert bool(outputs["clusterIps"]) == (kind not in {"Headless", "ExternalName"})
    assert bool(outputs["nodePorts"].get("https")) == (kind in {"NodePort", "LoadBalancer"})
    assert bool(outputs.get("loadBalancerAddress")) == (kind == "LoadBalancer")
    assert ("externalName" in spec) == (kind == "ExternalName")
    authority = folder / "ca.crt"
    authority.write_text(outputs["caCertificate"])
    if kind == "NodePort":
        for twin in driver.NODE_TWINS.values():
            _answers(outputs["urls"][0], authority, f"{twin}:{outputs['nodePorts']['https']}")
    if kind == "LoadBalancer":
        twin = outputs["loadBalancerAddress"].replace("10.89.0.", "127.89.0.")
        _answers(outputs["urls"][0], authority, f"{twin}:443")


def _answers(url: str, authority: Path, address: str) -> None:
    page = driver.curl(url, authority=authority, connect_to=address)
    assert page.code == 0, page.output
    assert "Welcome to nginx!" in page.output


def _listed_endpoints_are_served(stack: SiteStack, kinds: dict[str, str], name: str) -> None:
    pods = stack.objects("pods", selector=f"app.kubernetes.io/instance={name},app.kubernetes.io/component=web-server")
    addresses = [pod["status"]["podIP"] for pod in pods]
    services: dict[str, dict[str, Any]] = {each: {"service": {"type": kind}} for each, kind in kinds.items()}
    services[name]["service"]["endpoints"] = addresses

    stack.up(sites=services)

    slices = driver.objects("endpointslices", selector=f"kubernetes.io/service-name={name}", namespace=stack.namespace)
    assert [each["endpoints"][0]["addresses"] for each in slices] == [addresses]
    assert stack.outputs()["sites"][name]["probe"] == "verified"


def test_everything_explicit_reaches_the_service(stack: SiteStack, tmp_path: Path) -> None:
    result = stack.up(
        replicas=1,
        hostNames=["www.example.com"],
        service={
            "type": "LoadBalancer", "httpsPort": 10443, "httpPort": 8080, "loadBalancerIp": "10.89.0.215",
            "clusterIp": "10.96.0.200", "httpsNodePort": 30044, "httpNodePort": 30045, "sourceRanges": ["0.0.0.0/0"],
            "externalIps": ["192.0.2.7"], "externalTrafficPolicy": "Local", "sessionAffinity": "ClientIP",
            "annotations": {"example.com/owner": "shop"}, "ipFamilies": ["IPv4"], "ipFamilyPolicy": "SingleStack",
        },
    )  # fmt: skip

    (service,) = stack.objects("services")
    spec = service["spec"]
    outputs = stack.proven()
    assert [(port["port"], port["nodePort"]) for port in spec["ports"]] == [(10443, 30044), (8080, 30045)]
    assert (spec["clusterIP"], spec["externalIPs"]) == ("10.96.0.200", ["192.0.2.7"])
    assert (spec["externalTrafficPolicy"], spec["sessionAffinity"]) == ("Local", "ClientIP")
    assert spec["loadBalancerSourceRanges"] == ["0.0.0.0/0"]
    assert service["metadata"]["annotations"]["example.com/owner"] == "shop"
    assert outputs["loadBalancerAddress"] == "10.89.0.215"
    assert outputs["nodePorts"] == {"https": 30044, "http": 30045}
    authority = tmp_path / "ca.crt"
    authority.write_text(outputs["caCertificate"])
    _answers("https://www.example.com:10443/", authority, "127.89.0.215:10443")
    assert "https://www.example.com:10443/" in result.output
    served = x509.load_pem_x509_certificate(ssl.get_server_certificate(("127.89.0.215", 10443)).encode())
    names = served.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    covered = {str(address) for address in names.get_values_for_type(x509.IPAddress)}
    assert {"192.0.2.7", "10.89.0.215", "10.96.0.200"} <= covered


def test_ports_on_the_nodes_are_gone_once_there_shall_be_none(stack: SiteStack) -> None:
    stack.up(replicas=1, service={"type": "LoadBalancer"})
    assert all(stack.outputs()["nodePorts"].values())

    stack.up(service={"type": "LoadBalancer", "allocateNodePorts": False})

    assert not any(stack.proven()["nodePorts"].values())
    (service,) = stack.objects("services")
    assert not any("nodePort" in port for port in service["spec"]["ports"])
    stack.up(labels={"team": "shop"})
    assert [each["metadata"]["uid"] for each in stack.objects("services")] == [service["metadata"]["uid"]]
