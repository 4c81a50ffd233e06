"""What a state holds and the cluster lacks, whatever it is."""

from typing import Any

import pytest

from report import graph, listing, state, survey
from report.listing import Listing
from tests.unit.report import made
from tests.unit.report.reading import matters, read_of

KINDS = {
    "configmap", "deployment.apps", "job.batch", "networkpolicy.networking.k8s.io", "poddisruptionbudget.policy",
    "secret", "service", "serviceaccount",
}  # fmt: skip


def resource(kind: str, identity: str, **more: Any) -> dict[str, Any]:
    return {"urn": f"urn::{kind}", "type": f"kubernetes:core/v1:{kind}", "id": identity, "inputs": {}, **more}


def test_every_kind_of_object_is_asked_for_where_it_is(dev: dict[str, Any]) -> None:
    found = listing.kinds(state.read(dev).resources)

    assert {namespace: set(kinds) for namespace, kinds in found.items()} == {
        made.NAMESPACE: KINDS,
        "": {"namespace"},
    }


def test_what_stands_for_many_objects_or_is_only_looked_at_is_not_asked_for(dev: dict[str, Any]) -> None:
    inputs = {"apiVersion": "v1", "kind": "Secret"}
    dev["deployment"]["resources"] = [
        resource("Release", "shop/release", inputs={"chart": "web"}),
        resource("ConfigFile", "", inputs=inputs),
        resource("Secret", "shop/foreign", inputs=inputs, external=True),
        resource("Secret", "shop/old", inputs=inputs, delete=True),
    ]

    assert listing.kinds(state.read(dev).resources) == {}


def test_a_cluster_that_has_all_of_it_lacks_nothing(dev: dict[str, Any]) -> None:
    facts = made.facts(dev, listings=made.listings(dev))

    assert survey.make(facts).lacking == ()
    assert matters(dev, listings=facts.listings) == ["leaf renews in 14 hours"]
    text = read_of(facts).text
    assert "Nothing is wrong, and nothing is due." in text
    assert "not looked at:" not in text
    assert "The cluster was asked how the pods are, and of all else whether it is there." in text


@pytest.mark.parametrize(
    ("kind", "title"),
    [
        ("service", "Service my-nginx"),
        ("secret", "Secret my-nginx-tls-0a1b2c3d"),
        ("networkpolicy.networking.k8s.io", None),
        ("poddisruptionbudget.policy", "PodDisruptionBudget my-nginx"),
        ("serviceaccount", "ServiceAccount my-nginx"),
        ("job.batch", "Job my-nginx-probe-job-0a1b2c3d"),
        ("namespace", "Namespace secure-nginx-dev"),
    ],
)
def test_what_is_gone_is_trouble_whatever_it_is(dev: dict[str, Any], kind: str, title: str | None) -> None:
    facts = made.facts(dev, listings=made.listings(dev, without=[kind]))

    found = matters(dev, listings=facts.listings, context="mine")

    expected = f"{title} is" if title else "NetworkPolicy my-nginx and NetworkPolicy my-nginx-probe-policy-0a1b2c3d are"
    assert found[0] == (
        f"{expected} not in the cluster; to make {'it' if title else 'them'} again: "
        "`make refresh KUBE_CONTEXT=mine && make up KUBE_CONTEXT=mine`"
    )
    assert "Nothing is wrong" not in read_of(facts).text


def test_much_that_is_gone_is_counted_and_what_has_a_matter_of_its_own_is_left_out(dev: dict[str, Any]) -> None:
    job = made.of_kind(dev, "Job")
    own = {"urn": f"{job['urn']}-cron", "type": "kubernetes:batch/v1:CronJob", "id": f"{made.NAMESPACE}/watch"}
    dev["deployment"]["resources"].append({**job, **own, "inputs": {**job["inputs"], "kind": "CronJob"}})

    found = matters(dev, objects=[], listings=made.listings(dev, without=[*KINDS, "cronjob.batch"]))

    assert found[0].startswith(
        "ConfigMap probe-script-0a1b2c3d, NetworkPolicy my-nginx, PodDisruptionBudget my-nginx and 9 more objects are "
        "not in the cluster; to make them again: "
    )
    assert [each.partition("; ")[0] for each in found[1:3]] == [
        "the Deployment of my-nginx is not in the cluster",
        "the watch of my-nginx is not in the cluster",
    ]


def test_what_a_running_update_has_taken_away_needs_nobody(dev: dict[str, Any]) -> None:
    listed = made.listings(dev, without=["service"])

    assert matters(dev, listings=listed, history=[made.update("in-progress")]) == ["leaf renews in 14 hours"]


def test_what_is_gone_is_drawn_so(dev: dict[str, Any]) -> None:
    (site,) = survey.make(made.facts(dev, listings=made.listings(dev, without=["service", "job.batch"]))).sites

    drawn = {box.title: box for group in graph.of(site).groups for box in group.boxes}

    for title in ("Service", "Probe of the update"):
        assert (drawn[title].lines, drawn[title].tone) == (("not in the cluster",), "bad")
    assert drawn["Secret"].tone == "secret"


def test_what_may_not_be_listed_is_not_called_gone(dev: dict[str, Any]) -> None:
    facts = made.facts(dev, listings=made.listings(dev, refused=["secret", "configmap"]))

    found = survey.make(facts)

    assert (found.lacking, found.unseen) == ((), ("ConfigMap", "Secret"))
    assert "whether they are there was not looked at: ConfigMap, Secret." in read_of(facts).text


def test_another_namespace_or_a_silent_cluster_lacks_nothing(dev: dict[str, Any]) -> None:
    elsewhere = Listing(namespace="elsewhere", names=frozenset())

    assert survey.make(made.facts(dev, listings=[elsewhere])).lacking == ()
    silent = made.facts(dev, objects=None, silence="connection refused")
    assert survey.make(silent).lacking == ()
    assert "Drawn from the state alone: the cluster does not answer." in read_of(silent).text
