"""Every check, once on a site that is as expected and once on one that is not."""

from typing import Any

import pytest

from scenarios.checks import Identity, facts, failures, identity
from scenarios.commands import Answer
from scenarios.model import Expectation, Fetch, Saying
from tests.unit.scenarios.fakes import OUTPUTS, SERVICE, FakeSite, pod

WELCOME = Answer(code=0, result="<h1>Welcome to nginx!</h1>")
NOTHING = Answer(code=7, remarks="curl: (7) refused")
NODE_PORTS = Fetch(way="node-ports")
BEFORE = Identity(service="service-1", cluster_ip="10.96.0.7", pods=frozenset({"uid-1", "uid-2"}))
SITES = {"sites": {"my-nginx": OUTPUTS, "later": {**OUTPUTS, "probe": "failed"}}}

# What is expected, what there is, and how the complaint begins; no complaint if that is None.
CASES: list[tuple[dict[str, Any], dict[str, Any], str | None]] = [
    ({}, {}, None),
    ({}, {"seen": {**OUTPUTS, "probe": "failed"}}, "the verdict on my-nginx is 'failed', not 'verified'"),
    ({"verdict": "not run"}, {"seen": {**OUTPUTS, "probe": "not run"}}, None),
    ({}, {"seen": SITES}, "the verdict on later is 'failed', not 'verified'"),
    ({"outputs": {"ports/http": "80", "clusterIp": r"10\.96\..+"}}, {}, None),
    ({"outputs": {"ports/http": "8"}}, {}, "output ports/http is 80, not '8'"),
    ({"outputs": {"urls/0": ".*"}}, {}, "output urls/0 is None"),
    ({"objects": {"service/my-nginx": {"spec/ports/https/nodePort": "30443"}}}, {}, None),
    ({"objects": {"service/my-nginx": {"spec/clusterIP": "${clusterIp}"}}}, {}, None),
    (
        {"objects": {"service/my-nginx": {"spec/type": "LoadBalancer"}}},
        {},
        "service/my-nginx spec/type is 'NodePort', not 'LoadBalancer'",
    ),
    ({"objects": {"secret": {"type": "Opaque"}}}, {}, "there are 0 objects 'secret', not 1"),
    ({"pods": 2, "nodes": 2}, {}, None),
    ({"pods": 2}, {"running": [pod(1), pod(2, ready=False)]}, "1 pods are ready, not 2"),
    ({"pods": 0}, {"running": []}, None),
    ({"nodes": 2}, {"running": [pod(1), pod(2)]}, "the pods are not spread evenly over 2 nodes: {'node-1': 2}"),
    ({"nodes": 2}, {"running": [pod(1), pod(2), pod(3), pod(4, "node-2")]}, "the pods are not spread evenly"),
    ({"variables": {"HOST": "${clusterIp}"}}, {"answer": Answer(code=0, result="A=b\nHOST=10.96.0.7\n")}, None),
    ({"variables": {"HOST": ".+"}}, {"answer": Answer(code=0, result="A=b")}, "in pod pod-1 the variable HOST is None"),
    ({"no_variables": ("HOST",)}, {"answer": Answer(code=0, result="A=b")}, None),
    ({"no_variables": ("A",)}, {"answer": Answer(code=0, result="A=b")}, "pod pod-1 has the variable A: 'b'"),
    ({"no_variables": ("A",)}, {"answer": NOTHING}, "the variables of pod pod-1 could not be read: curl: (7) refused"),
    ({"every_pod": True}, {"answer": WELCOME}, None),
    ({"every_pod": True}, {"answer": NOTHING}, "pod pod-1 does not serve 'Welcome to nginx!': curl: (7) refused"),
    ({"every_pod": True, "page": "Hello"}, {"answer": WELCOME}, "pod pod-1 does not serve 'Hello'"),
    ({"client": (Saying(run="nslookup a", says="Wel.ome"),)}, {"answer": WELCOME}, None),
    ({"client": (Saying(run="curl a", says=r"\(7\)"),)}, {"answer": NOTHING}, None),
    ({"client": (Saying(run="curl a", says="Bye"),)}, {"answer": WELCOME}, "`curl a` does not say 'Bye': <h1>"),
    ({"outside": (NODE_PORTS,)}, {"pages": {"a": WELCOME, "b": WELCOME}}, None),
    ({"outside": (NODE_PORTS,)}, {"pages": {"a": WELCOME, "b": NOTHING}}, "https through b does not serve"),
    ({"outside": (NODE_PORTS,)}, {"pages": {}}, "there is no way by node-ports"),
    ({"kept": ("service", "pods", "cluster-ip")}, {}, None),
    ({"kept": ("pods",)}, {"running": [pod(3), pod(2)]}, "pods is not the one that it was"),
    ({"renewed": ("pods",)}, {"running": [pod(3), pod(4)]}, None),
    ({"renewed": ("pods",)}, {"running": [pod(3), pod(2)]}, "pods is still the one that it was"),
    ({"renewed": ("service",)}, {}, "service is still the one that it was: 'service-1'"),
    ({"pods": 0}, {"running": [pod(1, ready=False)]}, "1 pods are there, ready or not, and there should be none"),
]


@pytest.mark.parametrize(("expected", "there", "complaint"), CASES)
def test_what_does_not_hold_is_said(expected: dict[str, Any], there: dict[str, Any], complaint: str | None) -> None:
    found = failures(Expectation(**expected), FakeSite(**there), BEFORE)

    assert bool(found) == (complaint is not None), found
    if complaint is not None:
        assert found[0].startswith(complaint)


@pytest.mark.parametrize("what", ["service", "pods", "cluster-ip"])
@pytest.mark.parametrize("expected", ["kept", "renewed"])
@pytest.mark.parametrize("running", [[], [pod(1)]], ids=["none", "one"])
def test_what_was_not_there_cannot_be_compared(what: str, expected: str, running: list[dict[str, Any]]) -> None:
    comparison: dict[str, Any] = {expected: (what,)}

    (found,) = failures(Expectation(**comparison), FakeSite(running=running), Identity())

    assert found == f"{what} was not there before, so that it is neither kept nor renewed: take it out of the case"


def test_everything_that_does_not_hold_is_said_at_once() -> None:
    expected = Expectation(pods=3, no_variables=("A",), outside=(NODE_PORTS,), kept=("service",))
    site = FakeSite(answer=Answer(code=0, result="A=b"))

    assert len(failures(expected, site, Identity())) == 5


def test_each_pod_is_asked_by_its_own_address_and_verified() -> None:
    site = FakeSite(answer=WELCOME)

    failures(Expectation(every_pod=True), site, BEFORE)

    assert site.asked == [
        f"client: curl -sS -m 5 --cacert /ca/ca.crt --connect-to ::10.90.0.{number}:8443 "
        "https://my-nginx.shop.svc.cluster.local/"
        for number in (1, 2)
    ]


def test_a_fact_that_is_not_there_matches_nothing() -> None:
    site = FakeSite(seen={**OUTPUTS, "clusterIp": None}, answer=WELCOME)

    with pytest.raises(KeyError, match="clusterIp"):
        failures(Expectation(client=(Saying(run="nslookup a", says="${clusterIp}"),)), site, BEFORE)


def test_a_fact_in_a_pattern_stands_for_itself_and_in_a_command_as_it_is() -> None:
    asking = Saying(run="nslookup ${clusterIp}", says="${clusterIp}$")
    site = FakeSite(answer=Answer(code=0, result="10x96.0.7"))

    (found,) = failures(Expectation(client=(asking,)), site, BEFORE)

    assert found.startswith("`nslookup ${clusterIp}` does not say ")
    assert site.asked == ["client: nslookup 10.96.0.7"]
    assert failures(Expectation(client=(asking,)), FakeSite(answer=Answer(code=0, result="10.96.0.7")), BEFORE) == []


def test_what_is_known_of_a_site() -> None:
    assert facts(FakeSite()) == {"clusterIp": "10.96.0.7", "podIps": ["10.90.0.1", "10.90.0.2"]}
    assert "clusterIp" not in facts(FakeSite(seen={"fqdn": "a"}))
    assert "clusterIp" not in facts(FakeSite(seen={**OUTPUTS, "clusterIp": None}))
    assert identity(FakeSite()) == BEFORE
    assert identity(FakeSite(kinds={"service/my-nginx": [{**SERVICE, "spec": {}}]})).cluster_ip == ""


def test_a_long_answer_is_shown_in_part_and_on_one_line() -> None:
    assert Answer(code=1, result="a\nb\n", remarks="c\n").shown == "a / b / c"
    assert len(Answer(code=1, result="a" * 1000).shown) == 303
