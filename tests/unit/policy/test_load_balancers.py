"""Networks that a load balancer admits."""

import ipaddress
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as some

import guard_rails
from components import LoadBalancer
from policy.resource import UNKNOWN, Resource
from site_settings import SiteSettings
from tests.unit.policy import objects
from tests.unit.policy.objects import messages, service
from tests.unit.sites import IMAGE

RULE = "closed-load-balancer"
FIELD = "spec.loadBalancerSourceRanges"
ANNOTATION = "service.beta.kubernetes.io/load-balancer-source-ranges"
TOGETHER = "has networks that together admit everyone"
# Everyone, parts of it that are together everyone, and others.
NETWORKS = (
    "0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1", "10.0.0.0/8", "::/0", "::/1", "8000::/1", "2000::/3", "2000::/4",
    "3000::/4", "::ffff:0:0/96", "::ffff:0:0/97", "::ffff:128.0.0.0/97", "::ffff:128.0.0.0/98", "fd00::/8",
)  # fmt: skip


def without(whole: str, *parts: str) -> list[str]:
    """A network without parts of it, as networks."""
    left = [ipaddress.ip_network(whole)]
    for part in map(ipaddress.ip_network, parts):
        left = [
            rest
            for network in left
            for rest in (network.address_exclude(part) if part.subnet_of(network) else [network])  # type: ignore[arg-type]
        ]
    return [str(network) for network in left]


# Everyone on the internet, though parts are left out that nobody there has.
UNICAST = ["0.0.0.0/1", "128.0.0.0/2", "192.0.0.0/3"]
ROUTED = without("0.0.0.0/0", "0.0.0.0/8", "10.0.0.0/8", "127.0.0.0/8", "224.0.0.0/3")
USUAL = (
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
    "192.0.2.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3",
)  # fmt: skip
PUBLIC = without("0.0.0.0/0", *USUAL)
# Without the relays of 6to4, which nobody asks any more.
UNRELAYED = without("0.0.0.0/0", *USUAL, "192.88.99.0/24")
PUBLIC_IPV6 = without("2000::/3", "2001:db8::/32", "3fff::/20")
# All that IANA has allocated is in the first half, but for what it keeps back there as well.
ALLOCATED = ["2000::/4"]
UNRESERVED = without("2000::/4", "2001:db8::/32", "2d00::/8", "2e00::/7")
# Somebody on the internet is left out.
NOT_ALL = without("0.0.0.0/0", "8.0.0.0/8")
NOT_ALLOCATED = without("2000::/4", "2c00::/12")


@pytest.mark.parametrize(
    ("ranges", "problem"),
    [
        (["10.0.0.0/8", "2001:db8::/32", " 192.0.2.1/24 "], None),
        (["0.0.0.0/1", "10.0.0.0/8", "::ffff:10.0.0.0/104"], None),
        ([UNKNOWN], None),
        (UNKNOWN, None),
        (None, "is empty, which admits everyone"),
        ([], "is empty, which admits everyone"),
        (["10.0.0.0/8", "0.0.0.0/0"], "has '0.0.0.0/0', which admits everyone"),
        (["::/0"], "has '::/0', which admits everyone"),
        (["2000::/3"], "has '2000::/3', which admits everyone"),
        (["::ffff:0:0/96"], "has '::ffff:0:0/96', which admits everyone"),
        (["0.0.0.0/1", "128.0.0.0/1"], TOGETHER),
        (["128.0.0.0/1", "10.0.0.0/8", "64.0.0.0/2", "0.0.0.0/2"], TOGETHER),
        (["2000::/4", "3000::/4"], TOGETHER),
        (["0.0.0.0/1", "::ffff:128.0.0.0/97"], TOGETHER),
        (UNICAST, TOGETHER),
        (ROUTED, TOGETHER),
        (PUBLIC, TOGETHER),
        (PUBLIC_IPV6, TOGETHER),
        (NOT_ALL, None),
        (["not a network"], "has 'not a network', which is no network"),
        (["00.0.0.0/0"], "has '00.0.0.0/0', which is no network"),
        pytest.param(UNRELAYED, TOGETHER, id="relays"),
        pytest.param(ALLOCATED, TOGETHER, id="allocated"),
        pytest.param(UNRESERVED, TOGETHER, id="reserved"),
        pytest.param(NOT_ALLOCATED, None, id="not-all-allocated"),
    ],
)
def test_a_load_balancer_admits_only_listed_networks(ranges: Any, problem: str | None) -> None:
    found = messages(service(type="LoadBalancer", loadBalancerSourceRanges=ranges), RULE)

    assert found == ([f"{FIELD} {problem}"] if problem else [])
    assert messages(service(type="NodePort", loadBalancerSourceRanges=ranges), RULE) == []


def test_halves_of_everything_admit_everyone() -> None:
    found = messages(service(type="LoadBalancer", loadBalancerSourceRanges=["::/1", "8000::/1"]), RULE)

    assert found == [f"{FIELD} has '::/1', which admits everyone"]


@pytest.mark.parametrize(
    ("annotated", "ranges", "message"),
    [
        ("10.0.0.0/8, 192.0.2.0/24", None, None),
        (UNKNOWN, [], None),
        ("0.0.0.0/0", ["10.0.0.0/8"], None),
        ("", [], f"{FIELD} is empty, which admits everyone"),
        ("10.0.0.0/8,0.0.0.0/0", [], f"metadata.annotations.{ANNOTATION} has '0.0.0.0/0', which admits everyone"),
        ("10.0.0.0/8", ["::/0"], f"{FIELD} has '::/0', which admits everyone"),
    ],
)
def test_the_annotation_counts_while_the_field_is_empty(annotated: object, ranges: Any, message: str | None) -> None:
    inputs = {
        "metadata": {"annotations": {ANNOTATION: annotated}},
        "spec": {"type": "LoadBalancer", "loadBalancerSourceRanges": ranges},
    }

    assert messages(Resource(type=objects.SERVICE, inputs=inputs), RULE) == ([message] if message else [])


# Each may import nothing of the other, so each says by itself who everyone is.
@settings(deadline=None, database=None)
@given(some.lists(some.sampled_from(NETWORKS), max_size=4))
@example(UNICAST)
@example(ROUTED)
@example(PUBLIC)
@example(PUBLIC_IPV6)
@example(UNRELAYED)
@example(ALLOCATED)
@example(UNRESERVED)
@example(NOT_ALLOCATED)
@example(NOT_ALL)
def test_the_guard_rails_of_production_know_the_same_everyone(ranges: list[str]) -> None:
    site = SiteSettings(namespace="shop", image=IMAGE, service=LoadBalancer(source_ranges=tuple(ranges)))

    refused = [each for each in guard_rails.problems("production", site) if each.field == "service.source_ranges"]

    assert bool(refused) is bool(messages(service(type="LoadBalancer", loadBalancerSourceRanges=ranges), RULE))
