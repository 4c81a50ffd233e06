"""The real program under mocks, with the stacks' own configuration."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pulumi
import pytest
import yaml

import site_settings
from tests.unit.harness import Deploy
from tests.unit.stacks import ROOT, STACKS, run_program, stack_config


@pytest.fixture(autouse=True)
def _messages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take back what the program does to its process."""
    monkeypatch.setattr(pulumi.log, "debug", pulumi.log.debug)


@pytest.mark.parametrize("wanted", [False, True])
def test_messages_for_debugging_are_sent_on_request_alone(
    deploy: Deploy, monkeypatch: pytest.MonkeyPatch, wanted: bool
) -> None:
    messages: list[str] = []
    monkeypatch.setattr(pulumi.log, "debug", lambda text, *_args, **_options: messages.append(text))
    if wanted:
        monkeypatch.setenv("SECURE_NGINX_DEBUG", "1")

    deploy(run_program, stack_config(ROOT / "Pulumi.dev.yaml"))

    assert any("ty=kubernetes:core/v1:Secret" in text for text in messages) == wanted


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


@pytest.mark.parametrize("path", STACKS, ids=lambda path: path.name)
def test_a_preview_declares_what_the_update_declares(deploy: Deploy, path: Path) -> None:
    def declared(**options: bool) -> set[tuple[str, str, str]]:
        resources = deploy(run_program, stack_config(path), **options).resources
        return {(each.type, each.name, each.parent) for each in resources}

    assert declared(preview=True) == declared()


@pytest.mark.parametrize("path", STACKS, ids=lambda path: path.name)
def test_every_resource_but_those_of_the_stack_itself_has_a_parent(deploy: Deploy, path: Path) -> None:
    config = stack_config(path)

    deployed = deploy(run_program, config)

    orphans = {each.name for each in deployed.resources if not each.parent}
    # A stack may be a guest in somebody's namespace, as production is.
    owned = {"namespace"} if config["secure-nginx:createNamespace"] == "true" else set()
    assert orphans == {"cluster", "my-nginx", "my-nginx-probe", "probe-script"} | owned


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


def test_a_resource_knows_where_it_was_declared_and_not_who_asked_for_it(deploy: Deploy) -> None:
    deployed = deploy(run_program, stack_config(ROOT / "Pulumi.dev.yaml"))

    frames = deployed.one("ConfigMap", "my-nginx-ca").options.stackTrace.frames
    assert [Path(frame.pc.uri).name for frame in frames] == ["_site.py"]


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


@pytest.mark.parametrize(
    ("said", "warnings"),
    [
        ({}, []),
        ({"secure-nginx:replicas": "0"}, ["no update proves the site my-nginx: it rests"]),
        (
            {"secure-nginx:probe": '{"image": "registry.example/curl:8.22.0", "job": false, "shell": {}}'},
            ["no update proves the site my-nginx: secure-nginx:probe.job is false"],
        ),
        ({"secure-nginx:probe": None}, ["no update proves the site my-nginx: secure-nginx:probe makes an update wait"]),
    ],
)
def test_a_green_update_that_proves_nothing_says_so(
    deploy: Deploy, monkeypatch: pytest.MonkeyPatch, said: dict[str, str | None], warnings: list[str]
) -> None:
    heard: list[str] = []
    monkeypatch.setattr(pulumi.log, "warn", lambda text, *_: heard.append(text))
    config = {**stack_config(ROOT / "Pulumi.dev.yaml"), **said}

    deploy(run_program, {key: value for key, value in config.items() if value is not None})

    assert len(heard) == len(warnings)
    assert all(map(str.startswith, heard, warnings))


def test_a_site_at_rest_has_neither_pods_nor_a_probe(deploy: Deploy) -> None:
    deployed = deploy(run_program, stack_config(ROOT / "Pulumi.dev.yaml") | {"secure-nginx:replicas": "0"})

    assert deployed.one("Deployment").inputs["spec"]["replicas"] == 0
    assert deployed.exports["probe"] == "not run"
    assert not deployed.of("CurlProbe")


@pytest.mark.parametrize(
    ("service", "probes", "warnings"),
    [
        ('{"type": "ExternalName", "externalName": "cdn.example.com"}', 1, 0),
        ('{"type": "SelectorLess", "endpoints": ["192.0.2.1"]}', 1, 0),
        ('{"type": "ExternalName"}', 0, 1),
        ('{"type": "SelectorLess"}', 0, 1),
    ],
    ids=["alias", "listed", "own-alias", "unlisted"],
)
def test_a_site_at_rest_is_proved_where_it_leads_to_others(
    deploy: Deploy, monkeypatch: pytest.MonkeyPatch, service: str, probes: int, warnings: int
) -> None:
    heard: list[str] = []
    monkeypatch.setattr(pulumi.log, "warn", lambda text, *_: heard.append(text))
    said = {"secure-nginx:replicas": "0", "secure-nginx:service": service}

    deployed = deploy(run_program, stack_config(ROOT / "Pulumi.dev.yaml") | said)

    assert (len(deployed.of("Job")), len(heard)) == (probes, warnings)


def test_a_wrong_configuration_is_explained_without_a_traceback(deploy: Deploy) -> None:
    with pytest.raises(pulumi.RunError, match=r"secure-nginx:context: \(not set\) is required"):
        deploy(run_program, {})


def test_what_a_component_refuses_is_explained_without_a_traceback(
    deploy: Deploy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site_settings.SiteSettings, "problems", lambda _: iter(()))

    with pytest.raises(pulumi.RunError, match="cluster_domain: '-'"):
        deploy(run_program, stack_config(ROOT / "Pulumi.dev.yaml") | {"secure-nginx:clusterDomain": "-"})
