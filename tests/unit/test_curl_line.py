"""The command line that fetches a site."""

import base64
import shlex
import shutil
import subprocess
from typing import Any

import pytest

from curl_line import Outside, Site, curl_line

URL = "https://web.shop.svc.cluster.local/"
PEM = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
TRUSTED = f"echo {base64.b64encode(PEM.encode()).decode()} | base64 -d | curl --cacert /dev/stdin"


def line(
    *, nodes: tuple[str, ...] = (), local: bool = False, translated: dict[str, str] | None = None, **changes: Any
) -> str:
    known = {"url": URL, "fqdn": "web.shop.svc.cluster.local", "namespace": "shop", "ca_certificate": PEM, **changes}
    view = Outside(context="test", node_addresses=nodes, only_nodes_with_pods=local, translated=translated or {})
    return curl_line(Site(**known), view)


@pytest.mark.parametrize(
    ("arguments", "way"),
    [
        ({}, ""),
        ({"address": "192.0.2.1", "node_port": 30443}, "--connect-to ::192.0.2.1: "),
        ({"address": "lb.example.com"}, "--connect-to ::lb.example.com: "),
        ({"address": "2001:db8::1"}, "--connect-to '::[2001:db8::1]:' "),
        ({"address": "192.0.2.1", "translated": {"192.0.2.1": "203.0.113.1"}}, "--connect-to ::203.0.113.1: "),
        ({"node_port": 30443, "nodes": ("192.0.2.1", "192.0.2.2")}, "--connect-to ::192.0.2.1:30443 "),
        (
            {"node_port": 30443, "nodes": ("192.0.2.1",), "translated": {"192.0.2.1": "203.0.113.1"}},
            "--connect-to ::203.0.113.1:30443 ",
        ),
        (
            {"node_port": 30443},
            "--connect-to ::$(kubectl --context=test get nodes --output="
            "'jsonpath={.items[0].status.addresses[?(@.type==\"InternalIP\")].address}' "
            "| sed 's/ .*//;s/.*:.*/[&]/'):30443 ",
        ),
        (
            {"node_port": 30443, "local": True},
            "--connect-to ::$(kubectl --context=test get pods --namespace=shop "
            "--selector=app.kubernetes.io/name=secure-nginx,app.kubernetes.io/instance=web "
            "--output='jsonpath={.items[0].status.hostIP}' | sed 's/ .*//;s/.*:.*/[&]/'):30443 ",
        ),
    ],
)
def test_the_way_fits_the_exposure(arguments: dict[str, Any], way: str) -> None:
    assert line(**arguments) == f"{TRUSTED} {way}{URL}"


@pytest.mark.parametrize("shell", ["sh", "bash"])
@pytest.mark.parametrize(
    ("addresses", "way"),
    [
        ("192.0.2.1", "::192.0.2.1:30443"),
        ("192.0.2.1 2001:db8::1", "::192.0.2.1:30443"),
        ("2001:db8::1 192.0.2.1", "::[2001:db8::1]:30443"),
        ("2001:db8::1", "::[2001:db8::1]:30443"),
    ],
)
def test_a_shell_finds_one_address_of_a_node_that_has_several(shell: str, addresses: str, way: str) -> None:
    fakes = f"kubectl() {{ printf '%s' '{addresses}'; }}; curl() {{ printf '%s\n' \"$@\"; }}"
    program = shutil.which(shell)
    assert program is not None

    typed = subprocess.run(
        [program, "-c", f"{fakes}; {line(node_port=30443)}"], capture_output=True, text=True, check=True
    )

    assert typed.stdout.splitlines() == ["--cacert", "/dev/stdin", "--connect-to", way, URL]


def test_a_name_that_is_not_the_services_leads_to_the_service() -> None:
    assert line(url="https://www.example.com:8443/") == (
        f"{TRUSTED} --connect-to ::web.shop.svc.cluster.local: https://www.example.com:8443/"
    )


def test_an_authority_that_pulumi_does_not_know_is_read_from_the_cluster() -> None:
    command = line(ca_certificate=None, ca_config_map="company-ca")

    assert command == (
        "kubectl --context=test get --namespace=shop configmap company-ca --output='jsonpath={.data.ca\\.crt}' "
        f"| curl --cacert /dev/stdin {URL}"
    )


def test_public_trust_needs_no_words() -> None:
    assert line(ca_certificate=None) == f"curl {URL}"


def test_a_strange_context_or_address_or_url_stays_one_word() -> None:
    view = Outside(context="arn:aws:eks; reboot", translated={"lb": "x; reboot"})
    site = Site(url="https://$(reboot)/", fqdn="f", namespace="shop", address="lb", ca_config_map="ca")

    words = shlex.split(curl_line(site, view))

    assert "--context=arn:aws:eks; reboot" in words
    assert "::x; reboot:" in words
    assert words[-1] == "https://$(reboot)/"
