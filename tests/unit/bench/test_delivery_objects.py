"""What the ways of delivery deploy: the same for those that are compared, and as much as the lab has room for."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from bench.delivery import chart, objects, proofs
from bench.delivery.objects import Images
from bench.delivery.ways import IMAGES, everyone
from components import Resources
from lab import node_config, topology
from tests.unit import manifests

_IMAGES = Images(nginx="nginx:1", curl="curl:1")
_ACTION = re.compile(r"\{\{.*?\}\}")


def test_the_chart_deploys_the_same_kinds_as_the_kustomization_and_the_certificates_beside_them() -> None:
    kinds = re.findall(r"^kind: (\w+)$", chart.sites_template(_IMAGES, Resources()), re.MULTILINE)
    plain = [each["kind"] for each in objects.site("a", _IMAGES)]

    assert sorted(kinds) == sorted([*plain, "NetworkPolicy", "Secret", "Secret", "ConfigMap"])


def test_no_action_of_the_template_is_broken_over_lines() -> None:
    for line in chart.sites_template(_IMAGES, Resources()).splitlines():
        assert _ACTION.sub("", line).count("{{") == 0, line


def test_the_template_s_documents_are_objects_once_its_actions_are_gone() -> None:
    text = chart.sites_template(_IMAGES, Resources()).partition("---\n")[2].replace("{{- end }}", "")

    documents = list(yaml.safe_load_all(_ACTION.sub("x", text)))

    assert {each["metadata"]["name"] for each in documents} >= {"x", "x-tls", "x-ca", "x-authority"}
    (deployment,) = (each for each in documents if each["kind"] == "Deployment")
    assert "checksum/certificate" in deployment["spec"]["template"]["metadata"]["annotations"]


def _ours(kind: str, name: str) -> dict[str, Any]:
    """An object that this project declares, but for the endings of names that the engine makes up."""
    text = json.dumps(manifests.read("dev")).replace("-0a1b2c3d", "")
    (found,) = (each for each in json.loads(text) if (each["kind"], each["metadata"]["name"]) == (kind, name))
    return dict(found)


def test_the_compared_pods_are_those_of_this_project_field_by_field() -> None:
    (compared,) = (each for each in objects.site("my-nginx", IMAGES) if each["kind"] == "Deployment")
    ours = _ours("Deployment", "my-nginx")

    assert compared["spec"]["template"]["spec"] == ours["spec"]["template"]["spec"]
    assert all(compared["spec"][field].items() <= ours["spec"][field].items() for field in ("selector", "strategy"))
    assert compared["spec"]["replicas"] == ours["spec"]["replicas"]


@pytest.mark.parametrize("kind", ["NetworkPolicy", "PodDisruptionBudget"])
def test_what_bounds_the_compared_pods_bounds_this_project_s(kind: str) -> None:
    (compared,) = (each for each in objects.site("my-nginx", IMAGES) if each["kind"] == kind)

    # An empty list is none to the API server.
    assert compared["spec"] == {key: value for key, value in _ours(kind, "my-nginx")["spec"].items() if value != []}


def test_the_proof_s_pod_may_and_gets_what_this_project_s_probe_does() -> None:
    ours = _ours("Job", "my-nginx-probe-job")["spec"]["template"]["spec"]
    compared = proofs.proof("my-nginx", IMAGES)
    policy, own_policy = proofs.policy("my-nginx")["spec"], _ours("NetworkPolicy", "my-nginx-probe-policy")["spec"]
    asked = {"command", "volumeMounts"}

    assert compared.keys() == ours.keys() - {"imagePullSecrets"}
    assert all(compared[key] == ours[key] for key in compared.keys() - {"containers", "volumes"})
    assert all(
        compared["containers"][0][key] == ours["containers"][0][key] for key in ours["containers"][0].keys() - asked
    )
    assert policy["egress"] == own_policy["egress"]
    assert policy["podSelector"]["matchLabels"].items() <= own_policy["podSelector"]["matchLabels"].items()
    for template in (proofs.job("my-nginx", IMAGES)["spec"]["template"], proofs.hook("my-nginx", IMAGES)):
        assert template["metadata"]["labels"].items() >= policy["podSelector"]["matchLabels"].items()


def _pods(listed: list[Mapping[str, Any]]) -> list[tuple[int, Mapping[str, Any]]]:
    """The pods of these manifests: how many, and what each requests."""
    return [
        (each["spec"]["replicas"], each["spec"]["template"]["spec"]["containers"][0].get("resources", {}))
        for each in listed
        if each["kind"] == "Deployment"
    ]


@pytest.mark.parametrize("way", [1, 2], ids=["tutorial", "kustomize"])
def test_fifty_sites_fit_on_the_lab_even_while_every_pod_is_replaced(
    way: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bench.delivery.ways.FOLDER", tmp_path)
    monkeypatch.setattr("lab.paths.ROOT", tmp_path)
    monkeypatch.setattr("lab.paths.CONFIG", tmp_path / "config")
    monkeypatch.setattr("lab.paths.PKI", tmp_path / "pki")
    monkeypatch.setattr("lab.paths.NODES", tmp_path / "nodes")
    chosen = everyone(50, tmp_path)[way]
    chosen.prepare("deliver")
    files = (tmp_path / chosen.namespace).glob("site-*.yaml")
    pods = _pods([each for file in files for each in json.loads(file.read_text())["items"]])
    room = 0
    for node in topology.NODES:
        node_config.write(node)
        most = yaml.safe_load((tmp_path / "config" / node.name / "kubelet.yaml").read_text())["maxPods"]
        # The network's own address, the gateway's and the last one are no pod's.
        assert most <= node.pod_network.num_addresses - 3
        room += most

    asked = sum(2 * many * int(each.get("requests", {"cpu": "0m"})["cpu"][:-1]) for many, each in pods)

    assert sum(2 * many for many, _ in pods) < room
    assert asked < 3500  # of 4000, the lab's own pods and the proofs aside


def test_many_sites_ask_for_less_by_every_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bench.delivery.ways.FOLDER", tmp_path)
    monkeypatch.setattr("bench.stack.FOLDER", tmp_path)
    asked: list[Mapping[str, Any]] = []
    monkeypatch.setattr("bench.stack.BenchStack.configure", lambda _, values: asked.append(values))
    for count in (10, 11):
        ours, _, kustomize, helm_s = everyone(count, tmp_path)
        for way in (ours, kustomize, helm_s):
            way.prepare("deliver")
        written = (
            tmp_path / kustomize.namespace / "site-1.yaml",
            tmp_path / helm_s.namespace / "chart/templates/sites.yaml",
        )
        assert all((re.search(r"cpu\W+5m\b", file.read_text()) is not None) == (count > 10) for file in written)

    assert [each.get("resources") for each in asked] == [None, {"cpuRequest": "5m"}]
