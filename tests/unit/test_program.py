"""The real program under mocks, with the stacks' own configuration."""

import json
import runpy
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pulumi
import pytest
import yaml

from tests.unit.harness import Deployed

ROOT = Path(__file__).parents[2]
STACKS = sorted(ROOT.glob("Pulumi.*.yaml"))

Deploy = Callable[..., Deployed]


def stack_config(path: Path) -> dict[str, str]:
    """A stack's configuration as the engine hands it over: defaults of the project included."""
    project = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())
    values = {
        f"{project['name']}:{key}": schema["default"]
        for key, schema in project["config"].items()
        if "default" in schema
    }
    values.update(yaml.safe_load(path.read_text())["config"])
    return {key: as_text(value) for key, value in values.items()}


def as_text(value: object) -> str:
    """A configuration value as the engine writes it."""
    return value if isinstance(value, str) else json.dumps(value)


def run_program() -> None:
    """Run `__main__.py` as Pulumi does."""
    runpy.run_path(str(ROOT / "__main__.py"), run_name="__main__")


@pytest.mark.parametrize("path", STACKS, ids=lambda path: path.name)
@pytest.mark.parametrize("preview", [False, True], ids=["up", "preview"])
def test_every_stack_exports_every_output(deploy: Deploy, path: Path, preview: bool) -> None:
    deployed = deploy(run_program, stack_config(path), preview=preview)

    assert set(deployed.exports) == {
        "service", "namespace", "fqdn", "type", "ports", "clusterIp", "clusterIps", "nodePorts",
        "loadBalancerAddress", "urls", "caCertificate", "certificate", "curl", "probe", "proof",
    }  # fmt: skip


@pytest.mark.parametrize("path", STACKS, ids=lambda path: path.name)
def test_every_kubernetes_object_uses_the_explicit_provider(deploy: Deploy, path: Path) -> None:
    deployed = deploy(run_program, stack_config(path))

    provider = deployed.one("kubernetes", "cluster")
    for each in deployed.resources:
        if each.type.startswith("kubernetes:"):
            assert each.options.provider.startswith(provider.urn), each.name


@pytest.mark.parametrize("path", STACKS, ids=lambda path: path.name)
def test_every_stack_disables_the_default_provider(path: Path) -> None:
    config: Mapping[str, Any] = yaml.safe_load(path.read_text())["config"]

    assert config["pulumi:disable-default-providers"] == ["kubernetes"]


def test_the_dev_stack_is_what_it_says(deploy: Deploy) -> None:
    exports = deploy(run_program, stack_config(ROOT / "Pulumi.dev.yaml")).exports

    assert exports["service"] == "my-nginx"
    assert exports["namespace"] == "secure-nginx-dev"
    assert exports["fqdn"] == "my-nginx.secure-nginx-dev.svc.cluster.local"
    assert exports["type"] == "NodePort"
    assert exports["ports"] == {"https": 443, "http": 80}
    assert exports["nodePorts"] == {"https": 30080, "http": 30081}
    assert exports["clusterIp"] == "10.96.0.10"
    assert exports["loadBalancerAddress"] is None
    assert exports["caCertificate"].startswith("-----BEGIN CERTIFICATE-----")


def test_an_owned_namespace_holds_its_pods_to_a_level(deploy: Deploy) -> None:
    deployed = deploy(run_program, stack_config(ROOT / "Pulumi.dev.yaml"))

    metadata = deployed.one("Namespace").inputs["metadata"]
    assert metadata["name"] == "secure-nginx-dev"
    assert metadata["labels"] == {
        f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "audit", "warn")
    }


def test_a_foreign_namespace_is_left_alone(deploy: Deploy) -> None:
    config = stack_config(ROOT / "Pulumi.dev.yaml") | {"secure-nginx:createNamespace": "false"}

    assert not deploy(run_program, config).of("Namespace")


def test_the_cluster_is_named_explicitly(deploy: Deploy) -> None:
    provider = deploy(run_program, stack_config(ROOT / "Pulumi.dev.yaml")).one("kubernetes")

    assert provider.inputs["context"] == "lab"
    assert provider.inputs["clusterIdentifier"] == "lab"


def test_the_probe_comes_after_deployment_and_service(deploy: Deploy) -> None:
    deployed = deploy(run_program, stack_config(ROOT / "Pulumi.dev.yaml"))

    # Nothing of a component is declared before what the component depends on exists.
    probe = deployed.one("CurlProbe")
    assert {"my-nginx-deployment", "my-nginx-service"} <= probe.dependencies
    assert deployed.one("Job").parent == probe.name


def test_a_stack_without_a_probe_proves_nothing_and_says_so(deploy: Deploy) -> None:
    config = stack_config(ROOT / "Pulumi.dev.yaml")
    del config["secure-nginx:probe"]

    deployed = deploy(run_program, config)

    assert deployed.exports["probe"] == "not run"
    assert not deployed.of("CurlProbe")


def test_a_wrong_configuration_is_explained_without_a_traceback(deploy: Deploy) -> None:
    with pytest.raises(pulumi.RunError, match="secure-nginx:context: None is required"):
        deploy(run_program, {})
