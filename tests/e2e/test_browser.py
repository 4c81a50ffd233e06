"""A real browser opens the site through node ports and the load balancer, and refuses what it cannot trust."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from lab import topology
from tests.e2e import browser, driver, site_stack
from tests.e2e.browser import RefusedError

NODES, BALANCED = "nodes", "balanced"
_HALF_A_YEAR = 180 * 24 * 60 * 60


@dataclass(frozen=True, kw_only=True)
class Site:
    """A site and the way to it.

    Attributes:
        name: Its name.
        address: Where it is on this machine.
        https: The URL of its page.
        http: The URL of the same by plain HTTP.
        authority: File with the certificate of its authority.
    """

    name: str
    address: str
    https: str
    http: str
    authority: Path


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Site]]:
    """One site behind node ports and one behind a load balancer."""
    folder = tmp_path_factory.mktemp("browser")
    with site_stack.made(driver.copy_project(folder / "project"), "e2e-browser") as stack:
        kinds = {NODES: "NodePort", BALANCED: "LoadBalancer"}
        stack.up(replicas=1, sites={name: {"service": {"type": kind}} for name, kind in kinds.items()})
        outputs = stack.outputs()["sites"]
        yield {name: site(outputs[name], folder / f"{name}.crt") for name in kinds}


@pytest.fixture(params=[NODES, BALANCED])
def opened(request: pytest.FixtureRequest, sites: dict[str, Site]) -> Site:
    return sites[request.param]


def site(outputs: dict[str, object], authority: Path) -> Site:
    """A site as its stack's outputs describe it."""
    name, node_ports = str(outputs["fqdn"]), outputs["nodePorts"]
    authority.write_text(str(outputs["caCertificate"]))
    assert isinstance(node_ports, dict)
    if outputs["type"] == "LoadBalancer":
        address = topology.on_loopback(str(outputs["loadBalancerAddress"]))
        return Site(name=name, address=address, https=f"https://{name}/", http=f"http://{name}/", authority=authority)
    return Site(
        name=name,
        address=next(iter(driver.NODE_TWINS.values())),
        https=f"https://{name}:{node_ports['https']}/",
        http=f"http://{name}:{node_ports['http']}/",
        authority=authority,
    )


def test_the_page_opens_without_a_word_of_warning(opened: Site, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    with browser.running(tmp_path, {opened.name: opened.address}, opened.authority) as chromium:
        page = chromium.open(opened.https)
        picture = chromium.photograph(request.node.callspec.id)

    assert page.security == "secure"
    assert page.tls["protocol"] == "TLS 1.3"
    assert page.tls["keyExchangeGroup"] == "X25519MLKEM768"
    assert opened.name in page.tls["sanList"]
    assert page.protocol == "h2"
    assert page.status == 200
    assert page.title == "Welcome to nginx!"
    assert "This page reached you over TLS." in page.text
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_the_headers_are_those_of_a_careful_site(sites: dict[str, Site], tmp_path: Path) -> None:
    site = sites[BALANCED]
    with browser.running(tmp_path, {site.name: site.address}, site.authority) as chromium:
        headers = chromium.open(site.https).headers

    assert int(headers["strict-transport-security"].partition("max-age=")[2]) >= _HALF_A_YEAR
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["content-security-policy"] == "frame-ancestors 'none'"
    assert headers["server"] == "nginx"


def test_plain_http_leads_to_https(sites: dict[str, Site], tmp_path: Path) -> None:
    site = sites[BALANCED]
    with browser.running(tmp_path, {site.name: site.address}, site.authority) as chromium:
        assert chromium.open(site.http).url == site.https


def test_without_its_authority_the_site_is_refused(
    opened: Site, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    with browser.running(tmp_path, {opened.name: opened.address}) as chromium:
        with pytest.raises(RefusedError, match="ERR_CERT_AUTHORITY_INVALID"):
            chromium.open(opened.https)
        chromium.photograph(f"refused-{request.node.callspec.id}")


def test_another_sites_authority_does_not_help(sites: dict[str, Site], tmp_path: Path) -> None:
    site = sites[BALANCED]
    with (
        browser.running(tmp_path, {site.name: site.address}, sites[NODES].authority) as chromium,
        pytest.raises(RefusedError, match="ERR_CERT_AUTHORITY_INVALID"),
    ):
        chromium.open(site.https)


def test_under_another_name_the_site_is_refused(sites: dict[str, Site], tmp_path: Path) -> None:
    site = sites[BALANCED]
    with (
        browser.running(tmp_path, {"shop.example": site.address}, site.authority) as chromium,
        pytest.raises(RefusedError, match="ERR_CERT_COMMON_NAME_INVALID"),
    ):
        chromium.open("https://shop.example/")
