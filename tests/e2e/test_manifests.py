"""What the stacks and scenarios declare, judged by kubeconform, by kube-score and by the lab's API server itself."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from hardening.views import Manifest
from tests.e2e import driver, schemas, site_stack
from tests.unit import manifests

SNAPSHOTS = sorted(manifests.FOLDER.glob("*.yaml"))
STACKS = ("dev", "staging", "prod")
NAMESPACE = "e2e-manifests"
BARE = driver.REPOSITORY / "tests" / "unit" / "hardening" / "bare.yaml"

_DIGEST = "with a digest it is the same image wherever it comes from; asking at every start makes each depend on that"
_REPLICAS = "left out, it is one when an autoscaler comes to a running site; updates ignore it, whatever that decides"
_EXCEPTIONS: Mapping[str, Mapping[str, str]] = {
    "dev": {
        "container-image-pull-policy": "no registry has the lab's images",
        "service-type": "the machine that the lab runs on reaches the site by node ports",
    },
    "staging": {"container-image-pull-policy": _DIGEST},
    "prod": {
        "container-image-pull-policy": _DIGEST,
        "deployment-targeted-by-hpa-does-not-have-replicas-configured": _REPLICAS,
    },
}
"""What kube-score finds fault with, and why that stays."""


@pytest.fixture(scope="module")
def checkers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with kubeconform and kube-score, built from their Go modules."""
    folder = tmp_path_factory.mktemp("checkers")
    packages = ["github.com/yannh/kubeconform/cmd/kubeconform", "github.com/zegl/kube-score/cmd/kube-score"]
    driver.go_build("checkers", folder, *packages)
    return folder


@pytest.fixture(scope="module")
def schema_location(tmp_path_factory: pytest.TempPathFactory) -> str:
    return schemas.write(tmp_path_factory.mktemp("schemas"))


@pytest.fixture(scope="module")
def namespace() -> Iterator[str]:
    labels = {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "warn")}
    site_stack.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE, "labels": labels}})
    yield NAMESPACE
    driver.kubectl("delete", "namespace", NAMESPACE)


def validated(checkers: Path, location: str, *files: Path) -> driver.Result:
    command: list[str | Path] = [checkers / "kubeconform", "-strict", "-summary", f"-schema-location={location}"]
    return driver.run([*command, *files])


def test_every_object_keeps_to_the_schema_of_its_kind(checkers: Path, schema_location: str) -> None:
    result = driver.must(validated(checkers, schema_location, *SNAPSHOTS))

    count = sum(1 for file in SNAPSHOTS for _ in manifests.read(file.stem))
    assert f"{count} resources found" in result.output
    assert "Skipped: 0" in result.output


@pytest.mark.parametrize(
    ("field", "value"), [("spec", {"replicas": "many"}), ("spec", {"replicass": 2}), ("spek", {})], ids=str
)
def test_an_object_that_does_not_is_found(
    checkers: Path, schema_location: str, tmp_path: Path, field: str, value: Any
) -> None:
    (deployment,) = [each for each in manifests.read("prod") if each["kind"] == "Deployment"]
    deployment[field] = {**deployment.get(field, {}), **value}
    file = tmp_path / "wrong.yaml"
    file.write_text(yaml.safe_dump(deployment))

    assert "Invalid: 1" in validated(checkers, schema_location, file).output


@pytest.mark.parametrize("stack", STACKS)
def test_kube_score_finds_no_fault_but_for_a_reason(checkers: Path, stack: str) -> None:
    assert faults(checkers, manifests.FOLDER / f"{stack}.yaml") == set(_EXCEPTIONS[stack])


def test_kube_score_finds_the_faults_of_what_has_them(checkers: Path) -> None:
    assert {"container-resources", "pod-networkpolicy", "container-security-context-privileged"} <= faults(
        checkers, BARE
    )


@pytest.mark.parametrize("file", SNAPSHOTS, ids=lambda file: file.stem)
def test_the_api_server_takes_it_without_a_warning(namespace: str, tmp_path: Path, file: Path) -> None:
    placed = tmp_path / "placed.yaml"
    placed.write_text(yaml.safe_dump_all(in_namespace(manifests.read(file.stem), namespace)))

    said = driver.run(
        [driver.LAB / "bin" / "kubectl", f"--kubeconfig={driver.KUBECONFIG}", "create", "--dry-run=server",
         "--validate=strict", f"--filename={placed}"]
    )  # fmt: skip

    assert said.code == 0 or "no objects passed to create" in said.output, said.output
    # A snapshot holds no certificate, and that is all that may be missed.
    assert not re.search("^Warning: (?!tls: failed to find any PEM data)", said.output, re.MULTILINE), said.output


def faults(checkers: Path, file: Path) -> set[str]:
    """The checks of kube-score that end in a warning or worse."""
    said = driver.run([checkers / "kube-score", "score", "--kubernetes-version=v1.35", "--output-format=json", file])
    return {
        found["check"]["id"]
        for judged in json.loads(said.output)
        for found in judged["checks"]
        if not found["skipped"] and found["grade"] <= 5
    }


def in_namespace(found: list[manifests.Manifest], namespace: str) -> Iterator[Manifest]:
    """The objects that a cluster without further kinds can have, in a namespace that is there."""
    for manifest in found:
        if manifest["kind"] != "Namespace" and not manifest["apiVersion"].startswith("cert-manager.io/"):
            placed = {**manifest, "metadata": {**manifest["metadata"], "namespace": namespace}}
            yield without_addresses(placed) if manifest["kind"] == "Service" else placed


def without_addresses(service: Manifest) -> Manifest:
    """A Service that asks for nothing of which the cluster has only one, and which somebody else may have."""
    ports = [{key: each[key] for key in each.keys() - {"nodePort"}} for each in service["spec"].get("ports", [])]
    address = {} if service["spec"].get("clusterIP") == "None" else {"clusterIP": None}
    return {**service, "spec": {**service["spec"], **address, "ports": ports}}
