"""The one cluster that a stack may reach, and its namespace there."""

import os
from pathlib import Path

import pulumi
import pytest

import cluster
from stack_settings import StackSettings
from tests.unit import harness
from tests.unit.harness import Deploy
from tests.unit.stacks import ROOT, STACKS, run_program, stack_config

DEV = stack_config(ROOT / "Pulumi.dev.yaml")


def test_the_cluster_is_named_explicitly(deploy: Deploy) -> None:
    provider = deploy(run_program, DEV).one("kubernetes")

    assert provider.inputs["context"] == "lab"
    assert provider.inputs["clusterIdentifier"] == "lab"
    assert "kubeconfig" not in provider.inputs


def test_a_kubeconfig_is_a_secret(deploy: Deploy) -> None:
    config = DEV | {"secure-nginx:kubeconfig": "/home/me/.kube/config", "secure-nginx:clusterIdentifier": "blue"}

    provider = deploy(run_program, config).one("kubernetes")

    assert harness.is_secret(provider.wrapped["kubeconfig"])
    assert provider.inputs["kubeconfig"] == "/home/me/.kube/config"
    assert provider.inputs["clusterIdentifier"] == "blue"


@pytest.mark.parametrize("files", [["/home/me/one"], ["/home/me/one", "/home/me/two"]], ids=["one", "two"])
def test_where_somebody_s_kubeconfig_is_stays_out_of_a_state_that_others_use(
    deploy: Deploy, monkeypatch: pytest.MonkeyPatch, files: list[str]
) -> None:
    monkeypatch.setenv("KUBECONFIG", os.pathsep.join(files))

    assert "kubeconfig" not in deploy(run_program, DEV).one("kubernetes").inputs

    # The stack's own comes before what the shell is set to.
    own = deploy(run_program, DEV | {"secure-nginx:kubeconfig": "/srv/kubeconfig"}).one("kubernetes")
    assert own.inputs["kubeconfig"] == "/srv/kubeconfig"


@pytest.mark.parametrize("text", ["apiVersion: v1\nkind: Config\n", '{"apiVersion": "v1"}'], ids=["YAML", "JSON"])
def test_the_text_of_a_kubeconfig_is_taken_from_the_environment(
    deploy: Deploy, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setenv("KUBECONFIG", text)

    assert deploy(run_program, DEV).one("kubernetes").inputs["kubeconfig"] == text


def test_an_owned_namespace_holds_its_pods_to_a_level(deploy: Deploy) -> None:
    metadata = deploy(run_program, DEV).one("Namespace").inputs["metadata"]

    assert metadata["name"] == "secure-nginx-dev"
    assert metadata["labels"] == {
        f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "audit", "warn")
    }


@pytest.mark.parametrize("path", STACKS, ids=lambda path: path.name)
def test_what_the_program_says_of_an_object_holds(deploy: Deploy, path: Path) -> None:
    deployed = deploy(run_program, stack_config(path) | {"secure-nginx:createNamespace": "true"})

    objects = [each for each in deployed.resources if each.inputs.get("metadata")]
    assert len(objects) > 10
    for each in objects:
        assert each.inputs["metadata"].get("annotations", {}).get("pulumi.com/patchForce") == "true", each.name


@pytest.mark.parametrize("path", STACKS, ids=lambda path: path.name)
def test_all_that_is_in_an_owned_namespace_comes_after_it(deploy: Deploy, path: Path) -> None:
    deployed = deploy(run_program, stack_config(path) | {"secure-nginx:createNamespace": "true"})

    inside = [each for each in deployed.resources if "namespace" in each.inputs.get("metadata", {})]
    assert {"ConfigMap", "Deployment", "Job", "Service"} <= {each.inputs["kind"] for each in inside}
    assert [each.name for each in inside if "namespace" not in each.dependencies] == []


def test_a_foreign_namespace_is_left_alone(deploy: Deploy) -> None:
    assert not deploy(run_program, DEV | {"secure-nginx:createNamespace": "false"}).of("Namespace")


@pytest.mark.parametrize("owned", ["true", "false"])
def test_a_cluster_that_is_recognised_is_used(deploy: Deploy, owned: str) -> None:
    config = DEV | {"secure-nginx:clusterUid": harness.CLUSTER_UID, "secure-nginx:createNamespace": owned}

    deployed = deploy(run_program, config)

    assert deployed.exports["namespace"] == "secure-nginx-dev"


@pytest.mark.parametrize(("owned", "first"), [("true", "Namespace"), ("false", "Secret"), ("false", "Deployment")])
def test_nothing_is_made_before_the_cluster_is_recognised(deploy: Deploy, owned: str, first: str) -> None:
    config = DEV | {"secure-nginx:clusterUid": harness.CLUSTER_UID, "secure-nginx:createNamespace": owned}

    deployed = deploy(run_program, config)

    (identity,) = deployed.read
    assert identity.name == "cluster-identity"
    assert identity.provider.startswith(deployed.one("kubernetes").urn)
    assert [urn for urn in deployed.one(first).dependencies if urn.endswith(f"::{identity.name}")]


@pytest.mark.parametrize("owned", ["true", "false"])
def test_another_cluster_stops_the_program(deploy: Deploy, owned: str) -> None:
    config = DEV | {"secure-nginx:clusterUid": "ours", "secure-nginx:createNamespace": owned}

    with pytest.raises(pulumi.RunError, match=rf"clusterUid: 'ours' is not the cluster .* '{harness.CLUSTER_UID}'"):
        deploy(run_program, config)


def test_any_other_cluster_is_refused() -> None:
    stack = StackSettings(context="lab", namespace="shop", cluster_uid="ours")

    assert cluster.recognised(stack, "ours") == "shop"
    with pytest.raises(pulumi.RunError, match=r"secure-nginx:clusterUid: .ours. is not the cluster .* .theirs."):
        cluster.recognised(stack, "theirs")
