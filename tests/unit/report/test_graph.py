"""How a site hangs together, and where each thing is drawn."""

import json
from typing import Any

import pytest

from report import graph, picture, survey
from report.graph import Box, Graph, Group
from report.survey import Site
from tests.unit.harness import Deploy
from tests.unit.report import made


def site(state: dict[str, Any], **more: Any) -> Site:
    return survey.make(made.facts(state, **more)).sites[0]


def titles(drawn: Graph) -> list[list[str]]:
    return [[box.title for box in group.boxes] for group in drawn.groups]


def box(drawn: Graph, title: str) -> Box:
    return next(each for group in drawn.groups for each in group.boxes if each.title == title)


def test_the_dev_site_is_all_there(dev: dict[str, Any]) -> None:
    drawn = graph.of(site(dev))

    assert titles(drawn) == [
        ["Clients", "Probe of the update"],
        ["Service"],
        ["Deployment", "Network policy", "Disruption budget", "Service account"],
        ["Secret", "Configuration", "Content", "Authority, to trust"],
        ["Certificate", "Private key", "Authority", "Authority's key"],
    ]
    assert box(drawn, "Service").lines == ("NodePort", "https 443, node 30080", "http 80, node 30081", "10.96.0.10")
    assert box(drawn, "Deployment").lines == ("2 of 2 pods ready", "on node-1", "on node-2")
    assert box(drawn, "Clients").lines == ("in the cluster", "outside: any node", "trust one authority")


def test_arrows_lead_to_what_a_thing_leans_on(dev: dict[str, Any]) -> None:
    drawn = graph.of(site(dev))

    def below(title: str) -> list[str]:
        return [each.title for each in drawn.leans_on(box(drawn, title))]

    assert below("Clients") == ["Service"]
    assert below("Probe of the update") == ["Service"]
    assert below("Service") == ["Deployment"]
    assert below("Deployment") == ["Secret", "Configuration", "Content"]
    assert below("Secret") == ["Certificate", "Private key"]
    assert below("Authority, to trust") == ["Authority"]
    assert below("Authority's key") == []


def test_a_second_service_is_drawn_as_it_is(dev: dict[str, Any]) -> None:
    service = made.of_kind(dev, "Service")
    ports = [{"name": "https", "port": 8443, "nodePort": 30443}, {"name": "metrics", "port": 9000}]
    origin = {
        **service,
        "urn": f"{service['urn']}-origin",
        "id": f"{made.NAMESPACE}/my-nginx-origin",
        "inputs": {"spec": {"ports": ports}},
        "outputs": {"spec": {"clusterIP": "10.96.0.77"}},
    }
    dev["deployment"]["resources"] += [origin, {**origin, "urn": "urn::headless", "inputs": {}, "outputs": {}}]

    first, second, bare = graph.of(site(dev)).groups[1].boxes

    assert first.lines == ("NodePort", "https 443, node 30080", "http 80, node 30081", "10.96.0.10")
    assert second.lines == ("ClusterIP", "https 8443, node 30443", "10.96.0.77")
    assert bare.lines == ("ClusterIP",)


def test_a_production_site_has_other_guards_and_no_keys(deploy: Deploy) -> None:
    drawn = graph.of(site(made.prod(deploy), objects=[]))

    assert "Autoscaler" in titles(drawn)[2]
    assert "Probe that watches" in titles(drawn)[0]
    assert box(drawn, "Probe that watches").lines == ("*/5 * * * *",)
    assert "outside: load balancer" in box(drawn, "Clients").lines
    assert len(drawn.groups) == 4


def test_a_service_without_selector_leads_to_no_pods(dev: dict[str, Any]) -> None:
    for each in dev["deployment"]["resources"]:
        if each["type"].endswith(":Service"):
            del each["inputs"]["spec"]["selector"]

    drawn = graph.of(site(dev))

    assert drawn.leans_on(box(drawn, "Service")) == []


@pytest.mark.parametrize(("ending", "tone"), [("Complete", "good"), ("Failed", "bad"), ("", "plain")])
def test_the_probe_has_the_colour_of_its_verdict(dev: dict[str, Any], ending: str, tone: str) -> None:
    drawn = graph.of(site(dev, objects=[made.job("j", -1, ending)]))

    assert box(drawn, "Probe of the update").tone == tone


def test_pods_that_are_missing_have_the_colour_of_trouble(dev: dict[str, Any]) -> None:
    assert box(graph.of(site(dev, objects=[made.deployment()])), "Deployment").tone == "bad"


def test_a_deployment_that_somebody_deleted_is_not_drawn_as_good(dev: dict[str, Any]) -> None:
    drawn = box(graph.of(site(dev, objects=[])), "Deployment")

    assert (drawn.lines, drawn.tone) == (("not in the cluster",), "bad")


@pytest.mark.parametrize(("count", "pods"), [(0, []), (3, ["a", "b", "c"])])
def test_a_deployment_that_somebody_scaled_is_not_drawn_as_good(
    dev: dict[str, Any], count: int, pods: list[str]
) -> None:
    objects = [made.deployment(count), *map(made.pod, pods)]

    drawn = box(graph.of(site(dev, objects=objects)), "Deployment")

    assert (drawn.lines, drawn.tone) == ((f"{count} of 2 pods ready", f"told to have {count}"), "bad")


def test_a_site_that_rests_as_declared_is_drawn_as_good(dev: dict[str, Any]) -> None:
    made.of_kind(dev, "Deployment")["inputs"]["spec"]["replicas"] = 0

    drawn = box(graph.of(site(dev, objects=[made.deployment(0)])), "Deployment")

    assert (drawn.lines, drawn.tone) == (("0 of 0 pods ready",), "good")


def test_a_deployment_whose_autoscaler_is_off_is_not_drawn_as_good(dev: dict[str, Any]) -> None:
    made.add_autoscaler(dev, minReplicas=2)

    drawn = box(graph.of(site(dev, objects=[made.deployment(0)])), "Deployment")

    assert (drawn.lines, drawn.tone) == (("0 of 2 pods ready", "told to have 0"), "bad")


@pytest.mark.parametrize("name", ["shop-ca-eu", "shop-ca-1"])
def test_the_name_of_a_site_makes_its_key_no_authoritys(dev: dict[str, Any], name: str) -> None:
    state = json.loads(json.dumps(dev).replace(made.SITE, name))

    drawn = graph.of(site(state, objects=[]))

    assert titles(drawn)[-1] == ["Certificate", "Private key", "Authority", "Authority's key"]
    secret = box(drawn, "Secret")
    assert [each.title for each in drawn.leans_on(secret)] == ["Certificate", "Private key"]


def test_a_silent_cluster_leaves_pods_unknown(dev: dict[str, Any]) -> None:
    drawn = graph.of(site(dev, objects=None))

    assert box(drawn, "Deployment").lines == ("the cluster does not answer",)


def test_many_nodes_are_counted(dev: dict[str, Any]) -> None:
    pods = [made.pod(str(number), f"n{number}") for number in range(5)]

    assert box(graph.of(site(dev, objects=[made.deployment(5), *pods])), "Deployment").lines[-1] == "and 2 nodes more"


def test_before_there_are_outputs_the_resources_tell(dev: dict[str, Any]) -> None:
    dev["deployment"]["resources"][0]["outputs"] = {}

    drawn = graph.of(site(dev, objects=[]))

    assert box(drawn, "Service").lines == ("NodePort", "https 443", "http 80")
    assert box(drawn, "Clients").lines == ("in the cluster",)
    assert box(drawn, "Probe of the update").lines == ("not run",)


def test_boxes_stay_in_their_frames_and_apart(dev: dict[str, Any]) -> None:
    drawn = graph.of(site(dev))

    for made_of in (picture.wide(drawn), picture.narrow(drawn)):
        for each in made_of.boxes:
            assert 0 <= each.x < each.x + each.width <= made_of.width
            assert 0 <= each.y < each.y + each.height <= made_of.height
            assert [other for other in made_of.boxes if other is not each and overlap(each, other)] == []


def overlap(one: picture.Drawn, other: picture.Drawn) -> bool:
    beside = one.x + one.width <= other.x or other.x + other.width <= one.x
    above = one.y + one.height <= other.y or other.y + other.height <= one.y
    return not beside and not above


def test_a_wide_picture_has_an_arrow_for_each_edge_and_a_narrow_one_between_groups(dev: dict[str, Any]) -> None:
    drawn = graph.of(site(dev))

    assert len(picture.wide(drawn).arrows) == len(drawn.edges)
    assert [arrow.text for arrow in picture.narrow(drawn).arrows] == ["HTTPS", "routes to", "mount", "made from"]


def test_texts_fit_into_their_boxes() -> None:
    long = Box(key="x", title="T" * 90, name="n" * 90, lines=("l" * 90,))
    drawn = Graph(groups=(Group(title="G", leans="", boxes=(long,)),), edges=())

    (wide,) = picture.wide(drawn).boxes
    (narrow,) = picture.narrow(drawn).boxes

    assert [(style, len(text)) for style, _, text in wide.texts] == [("title", 22), ("name", 22), ("line", 22)]
    assert narrow.width > wide.width
    assert max(y for _, y, _ in wide.texts) < wide.y + wide.height
