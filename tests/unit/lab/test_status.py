"""The state of things in ten lines."""

import copy
import json
from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from lab import cluster, status
from lab.errors import LabError
from lab.stacks import Stack
from lab.status import LINES, Lab
from report import survey
from report.facts import Facts
from tests.unit import harness
from tests.unit.report import made
from tests.unit.report.made import NOW

LAB = Lab(nodes={"lab-node-1": True, "lab-node-2": True}, version="1.35.4", memory=802 << 20)


@pytest.fixture(scope="module")
def _dev() -> Iterator[dict[str, Any]]:
    with harness.event_loop():
        yield made.dev(harness.deploy)


@pytest.fixture
def dev(_dev: dict[str, Any]) -> dict[str, Any]:
    return copy.deepcopy(_dev)


def lines(*facts: Facts, lab: Lab | None = LAB, hours: float = 0, context: str | None = None) -> list[str]:
    surveys = [survey.make(each) for each in facts]
    return list(status.lines(lab, surveys, NOW + timedelta(hours=hours), context=context))


def several(state: dict[str, Any], count: int) -> dict[str, Any]:
    """The state, with so many sites, of which all but the first rest and have a Deployment alone."""
    stack = state["deployment"]["resources"][0]
    others = {f"site-{number}": {**stack["outputs"], "service": f"site-{number}"} for number in range(1, count)}
    stack["outputs"] = {"sites": {made.SITE: stack["outputs"], **others}}
    component, deployment = made.of_kind(state, "SecureNginx"), copy.deepcopy(made.of_kind(state, "Deployment"))
    deployment["inputs"]["spec"]["replicas"] = 0
    for name in others:
        urn = f"{component['urn'].rpartition('::')[0]}::{name}"
        own = {"urn": f"{urn}-deployment", "parent": urn, "id": f"{made.NAMESPACE}/{name}"}
        state["deployment"]["resources"] += [{**component, "urn": urn}, {**deployment, **own}]
    return state


def healthy(count: int) -> list[dict[str, Any]]:
    """What a cluster has of so many sites, of which all but the first rest."""
    return [*made.objects(), *(made.deployment(0, f"site-{number}") for number in range(1, count))]


def test_a_healthy_stack_takes_six_lines(dev: dict[str, Any]) -> None:
    assert lines(made.facts(dev)) == [
        "lab       2 nodes ready, Kubernetes 1.35.4, 802 MiB of memory",
        "dev       updated 2 hours ago, 14 objects in secure-nginx-dev",
        "my-nginx  verified 119 minutes ago, 5 ways tried",
        "          2 of 2 pods ready, NodePort https://my-nginx.secure-nginx-dev.svc.cluster.local/",
        "          certificate ends in 22 hours, an update renews it from 25 Nov 2026, 02:00 UTC on",
        "next      leaf renews in 14 hours",
    ]


def test_nothing_deployed_is_said_with_what_deploys_it() -> None:
    assert lines(made.facts(None, history=[]))[1:] == [
        "dev   not deployed",
        "next  nothing of dev is deployed: `make up`",
    ]


def test_a_failed_update_stands_out(dev: dict[str, Any]) -> None:
    found = lines(
        made.facts(dev, history=[made.update("failed")], objects=[*made.objects(), made.job("red", -1, "Failed")])
    )

    assert found[1].startswith("dev       LAST UPDATE FAILED 2 hours ago")
    assert found[2].startswith("my-nginx  FAILED 59 minutes ago")
    assert found[-2].startswith("next      my-nginx is not verified")


def test_a_site_that_no_update_has_proven_is_there_with_its_reason(dev: dict[str, Any]) -> None:
    state = several(dev, 2)
    del state["deployment"]["resources"][0]["outputs"]["sites"]["site-1"]
    red = made.job("red", -1, "Failed")
    red["metadata"]["labels"]["app.kubernetes.io/instance"] = "site-1-probe"
    logs = {f"{made.NAMESPACE}/red": "FAILED service https://x/: curl exit 60\n"}

    found = lines(made.facts(state, history=[made.update("failed")], objects=[*healthy(2), red], logs=logs))

    assert "site-1    FAILED 59 minutes ago" in found
    assert "next      site-1 is not verified, FAILED service https://x/: curl exit 60; once mended: `make up`" in found


def test_an_open_renewal_window_says_what_renews(dev: dict[str, Any]) -> None:
    found = lines(made.facts(dev), hours=15)

    assert found[4] == "          certificate ends in 7 hours, in its renewal window"
    assert found[5] == "next      the certificate of my-nginx ends in 7 hours; to renew it: `make up`"


def test_a_certificate_that_ended_stands_out(dev: dict[str, Any]) -> None:
    assert lines(made.facts(dev), hours=24)[4] == "          certificate ENDED 2 hours ago, the next update renews it"


def test_a_certificate_that_may_have_a_follower_is_not_said_to_have_ended(dev: dict[str, Any]) -> None:
    made.of_kind(dev, "LocallySignedCert")["outputs"]["validityEndTime"] = made.at(46)
    facts = made.facts(dev, history=[made.update("failed")])

    (told,) = (line.strip() for line in lines(facts, hours=23) if "WHICH" in line)

    assert told == "a new certificate was issued, WHICH ONE IS SERVED IS NOT KNOWN"
    short = lines(made.facts(several(dev, 9), objects=healthy(9)), hours=23)
    assert short[2].endswith(", 2 of 2 pods ready, a new certificate was issued, WHICH ONE IS SERVED IS NOT KNOWN")


def test_a_certificate_that_no_update_renews_only_ends(dev: dict[str, Any]) -> None:
    dev["deployment"]["resources"][0]["outputs"]["certificate"]["renewAfter"] = None

    assert lines(made.facts(dev))[4] == "          certificate ends in 22 hours"


def test_a_certificate_that_somebody_else_renews_says_so(dev: dict[str, Any]) -> None:
    dev["deployment"]["resources"][0]["outputs"]["certificate"] = None

    assert lines(made.facts(dev))[4] == "          certificate renewed by somebody else"


def test_pods_that_are_not_ready_are_counted(dev: dict[str, Any]) -> None:
    found = lines(made.facts(dev, objects=[made.deployment(), made.pod("a")]))

    assert "1 of 2 pods ready" in found[3]
    assert "describe pods -n secure-nginx-dev" in found[-2]


def test_a_silent_cluster_leaves_pods_unknown(dev: dict[str, Any]) -> None:
    found = lines(made.facts(dev, objects=None, silence="connection refused"))

    assert "pods not known" in found[3]
    assert found[2] == "my-nginx  pending at a time not known, 5 ways will be tried"

    dev["deployment"]["resources"][0]["outputs"]["probe"] = "verified"
    found = lines(made.facts(dev, objects=None, silence="connection refused"))
    assert found[2] == "my-nginx  verified at a time not known"

    dev["deployment"]["resources"][0]["outputs"]["proof"]["completedAt"] = made.at(-3)
    found = lines(made.facts(dev, objects=None, silence="connection refused"))
    assert found[2] == "my-nginx  verified 3 hours ago, 5 ways tried"


def test_what_somebody_did_by_hand_stands_out(dev: dict[str, Any]) -> None:
    deleted, scaled = lines(made.facts(dev, objects=[])), lines(made.facts(dev, objects=[made.deployment(0)]))

    assert deleted[3].startswith("          its Deployment is NOT IN THE CLUSTER, NodePort https://")
    assert scaled[3].startswith("          0 of 2 pods ready (TOLD TO HAVE 0), NodePort https://")
    assert all("make refresh && make up" in found[5] for found in (deleted, scaled))


def test_what_the_cluster_does_not_list_is_said_beside_what_it_lacks(dev: dict[str, Any]) -> None:
    found = lines(made.facts(dev, listings=made.listings(dev, without=["service"], refused=["secret"])))

    assert found[1] == "dev       updated 2 hours ago, 14 objects in secure-nginx-dev, NOT LOOKED AT: Secret"
    assert found[5].startswith("next      Service my-nginx is not in the cluster; to make it again: `make refresh ")


def test_a_failed_destroy_is_not_called_an_update(dev: dict[str, Any]) -> None:
    found = lines(made.facts(dev, history=[made.update("failed", kind="destroy")]))

    assert found[1].startswith("dev       LAST DESTROY FAILED 2 hours ago")
    assert found[5] == "next      the last destroy failed; once mended: `make destroy`"


@pytest.mark.parametrize("state", [True, False])
def test_a_running_update_is_not_called_done(dev: dict[str, Any], *, state: bool) -> None:
    update = {"kind": "update", "result": "in-progress", "startTime": made.at(-5)}

    found = lines(made.facts(dev if state else {"deployment": {}}, history=[update]))

    assert found[1].split(maxsplit=1)[1] == "the update that began 5 hours ago is still running"
    assert not [line for line in found if "nothing of dev" in line]


def test_ways_are_tried_only_by_a_run(dev: dict[str, Any]) -> None:
    dev["deployment"]["resources"][0]["outputs"]["probe"] = "not run"

    before = lines(made.facts(dev, objects=[made.deployment(), made.cron_job(None)]))

    assert before[2] == "my-nginx  not run at a time not known, 5 ways will be tried"


def test_before_there_are_outputs_little_is_known(dev: dict[str, Any]) -> None:
    dev["deployment"]["resources"][0]["outputs"] = {}

    found = lines(made.facts(dev, objects=[], history=[made.update("failed")]))

    assert found[2:4] == [
        "my-nginx  not run at a time not known",
        "          its Deployment is NOT IN THE CLUSTER, no outputs yet",
    ]


def test_a_node_that_is_not_ready_is_named(dev: dict[str, Any]) -> None:
    tired = Lab(nodes={"lab-node-1": True, "lab-node-2": False}, version="1.35.4", memory=0)

    assert lines(made.facts(dev), lab=tired)[0].startswith("lab       lab-node-2 NOT READY")


def test_a_cluster_of_ones_own_is_named_and_its_commands_name_it(dev: dict[str, Any]) -> None:
    found = lines(made.facts(dev), lab=None, context="mine", hours=15)

    assert found[0] == "cluster   context mine"
    assert "`make up KUBE_CONTEXT=mine`" in found[5]


@pytest.mark.parametrize("count", [2, 3, 9, 30])
@pytest.mark.parametrize("hours", [0, 15])
def test_many_sites_still_take_ten_lines(dev: dict[str, Any], count: int, hours: float) -> None:
    found = lines(made.facts(several(dev, count), objects=healthy(count)), hours=hours)

    assert len(found) <= LINES
    assert any(line.startswith("next") for line in found)
    assert found[2].startswith("my-nginx  verified")


def test_sites_that_have_no_room_are_counted(dev: dict[str, Any]) -> None:
    found = lines(made.facts(several(dev, 30), objects=healthy(30)))

    shown = [line for line in found if line.startswith(("my-nginx", "site-"))]
    assert f"and {30 - len(shown)} sites more" in found[-2]


def test_more_matters_than_fit_are_counted(dev: dict[str, Any]) -> None:
    found = lines(made.facts(several(dev, 9), objects=healthy(9)), hours=15)

    assert found[-1].strip().startswith("and ")
    assert found[-1].endswith("matters more")


def test_several_stacks_follow_each_other(dev: dict[str, Any]) -> None:
    found = lines(made.facts(dev), made.facts(None, history=[], stack="shop"))

    assert found[-2:] == ["shop      not deployed", "next      nothing of shop is deployed: `make up STACK=shop`"]


def test_a_lab_that_is_down_is_said_with_what_died(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    died = SimpleNamespace(death=lambda: "etcd has died. The end of its log")
    monkeypatch.setattr(cluster, "is_running", lambda: False)
    monkeypatch.setattr(cluster, "dead_daemons", lambda: [died])

    code = status.show([Stack("dev")])

    assert code == 1
    assert capsys.readouterr().out == "etcd has died. The end of its log\nThe lab is down; `make up` starts it\n"


def test_the_nodes_are_asked_for_with_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, ...]] = []

    def kubectl(*arguments: str) -> str:
        asked.append(arguments)
        return json.dumps(listed)

    ready = {"conditions": [{"type": "Ready", "status": "True"}], "nodeInfo": {"kubeletVersion": "v1.35.4"}}
    listed = {"items": [{"metadata": {"name": "lab-node-1"}, "status": ready}]}
    monkeypatch.setattr(cluster, "kubectl", kubectl)
    monkeypatch.setattr(cluster, "memory", lambda: 7)

    assert status.look() == Lab(nodes={"lab-node-1": True}, version="1.35.4", memory=7)
    assert "--request-timeout=5s" in asked[0]


def test_a_lab_without_a_node_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "kubectl", lambda *_: '{"items": []}')

    with pytest.raises(LabError, match="lists no node"):
        status.look()


def test_a_cluster_of_ones_own_needs_no_lab(
    dev: dict[str, Any], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cluster, "is_running", lambda: False)
    monkeypatch.setattr(status, "gather", lambda stack, with_logs: made.facts(dev, stack=stack.name))

    code = status.show([Stack("dev", "mine")])

    assert code == 0
    assert capsys.readouterr().out.startswith("cluster   context mine\n")
