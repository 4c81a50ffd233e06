"""Fine print of the API server: what it refuses is refused beforehand, and nothing besides."""

import pytest

from components import Access, ClusterIP, LoadBalancer, SelectorLess
from components._checks import labels
from tests.unit import sites

OF_ONE_LINK = (
    "0.0.0.0",  # noqa: S104
    "::", "127.0.0.1", "127.255.0.9", "::1", "169.254.169.254", "fe80::1", "febf::1", "224.0.0.251",
    "ff02::1", "ff12::1", "::ffff:127.0.0.1", "::ffff:169.254.0.1",
)  # fmt: skip
ROUTED = (
    "192.0.2.1", "10.0.0.1", "100.64.0.1", "224.0.1.1", "239.255.255.255", "255.255.255.255", "2001:db8::1", "fd00::1",
    "ff05::1", "fec0::1", "::ffff:192.0.2.1",
)  # fmt: skip


@pytest.mark.parametrize("address", OF_ONE_LINK)
def test_an_address_that_no_other_machine_is_sent_to_is_refused(address: str) -> None:
    found = [
        *sites.args(service=SelectorLess(endpoints=(address,))).problems(),
        *sites.args(service=ClusterIP(external_ips=(address,))).problems(),
    ]

    remedy = "is of one machine or link alone: unspecified, loopback and link-local ones are refused; give a routed one"
    assert [str(problem) for problem in found] == [
        f"service.{field}: {address!r} {remedy}" for field in ("endpoints", "external_ips")
    ]


@pytest.mark.parametrize("address", ROUTED)
def test_any_other_address_will_do(address: str) -> None:
    assert not list(sites.args(service=SelectorLess(endpoints=(address,))).problems())
    assert not list(sites.args(service=ClusterIP(external_ips=(address,))).problems())


@pytest.mark.parametrize("policy", [None, "SingleStack"], ids=["none", "single"])
def test_two_families_need_a_policy_that_allows_for_two(policy: str | None) -> None:
    service = ClusterIP(ip_families=("IPv4", "IPv6"), ip_family_policy=policy)  # type: ignore[arg-type]

    assert [str(problem) for problem in sites.args(service=service).problems()] == [
        "service.ip_families: ('IPv4', 'IPv6') names two: set ip_family_policy to PreferDualStack or "
        "RequireDualStack, or keep one family"
    ]


@pytest.mark.parametrize(
    "network",
    ["10.0.0.0/255.0.0.0", "10.0.0.0/0.255.255.255", "192.0.2.0/", "192.0.2.0/24/", "192.0.2.0/+24"],
    ids=["netmask", "hostmask", "nothing", "slash", "sign"],
)
def test_a_network_ends_in_the_length_of_its_prefix(network: str) -> None:
    found = [
        *sites.args(service=LoadBalancer(source_ranges=(network,))).problems(),
        *sites.args(access=Access(networks=(network,))).problems(),
    ]

    assert [str(problem) for problem in found] == [
        f"{field}: {network!r} must be a network such as 192.0.2.0/24"
        for field in ("service.source_ranges", "access.networks")
    ]


@pytest.mark.parametrize(
    ("key", "remedy"),
    [
        pytest.param("a b", "must be a key such as example.com/team", id="blank"),
        pytest.param("a" * 64, "must be a key such as example.com/team", id="long"),
        pytest.param("Example.com/-A", "must be a key such as example.com/team", id="dash"),
        pytest.param("/team", "must have a DNS name before its slash", id="no-prefix"),
        pytest.param("Example_com/team", "must have a DNS name before its slash", id="prefix"),
        pytest.param(f"{'a.' * 127}a/team", "must have a DNS name before its slash", id="long-prefix"),
    ],
)
def test_the_key_of_an_annotation_is_a_qualified_name(key: str, remedy: str) -> None:
    found = sites.args(service=ClusterIP(annotations={"Example.com/Team": "", key: ""})).problems()

    assert [str(problem) for problem in found] == [f"service.annotations: {key!r} {remedy}"]


def test_the_key_of_a_label_has_something_before_its_slash() -> None:
    assert [str(problem) for problem in labels("labels", {"/team": "a", "Example.com/b": "c"})] == [
        "labels: '/team' must have a DNS name before its slash",
        "labels: 'Example.com/b' must have a DNS name before its slash",
    ]


@pytest.mark.parametrize(("length", "fits"), [(63, True), (64, False)])
def test_the_name_of_a_label_has_63_characters_at_most(length: int, fits: bool) -> None:
    assert (not [*labels("labels", {"a" * length: ""})]) == fits


@pytest.mark.parametrize("name", ["", "a b", "/internal", "example.com/", "Example.com/lb"])
def test_a_class_of_load_balancers_is_a_qualified_name(name: str) -> None:
    found = [str(each) for each in sites.args(service=LoadBalancer(load_balancer_class=name)).problems()]

    remedies = ["must be a name such as example.com/internal", "must have a DNS name before its slash"]
    assert found
    assert set(found) <= {f"service.load_balancer_class: {name!r} {remedy}" for remedy in remedies}
