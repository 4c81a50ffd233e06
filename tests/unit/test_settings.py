"""Reading configuration: what is accepted, and how every mistake is named."""

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

import decoding
import settings
from components import ClusterIP, LoadBalancer, NodePort
from settings import Settings, SiteSettings, StackSettings

PROJECT_FILE = Path(__file__).parents[2] / "Pulumi.yaml"
IMAGE = "registry.example/nginx:1.30.6"
MINIMAL = {"context": "test", "namespace": "shop", "image": IMAGE}


def load(values: Mapping[str, Any], secret_keys: frozenset[str] = frozenset()) -> Settings:
    raw = {
        key if ":" in key else f"secure-nginx:{key}": (value if isinstance(value, str) else json.dumps(value))
        for key, value in values.items()
    }
    return settings.load(raw, secret_keys)


def complaints(values: Mapping[str, Any]) -> list[str]:
    with pytest.raises(ValueError, match="configuration: ") as caught:
        load(values)
    return [line.removeprefix("  - ") for line in str(caught.value).splitlines()[1:]]


def test_three_keys_are_enough() -> None:
    loaded = load(MINIMAL)

    assert loaded.single
    assert loaded.stack.context == "test"
    assert list(loaded.sites) == ["my-nginx"]
    assert loaded.sites["my-nginx"] == SiteSettings(namespace="shop", image=IMAGE)


def test_a_site_can_have_another_name() -> None:
    assert list(load({**MINIMAL, "name": "web"}).sites) == ["web"]


def test_text_that_looks_like_a_number_stays_text() -> None:
    assert load({**MINIMAL, "clusterIdentifier": "007"}).stack.cluster_identifier == "007"


def test_every_required_key_is_named_at_once() -> None:
    assert complaints({}) == [
        "secure-nginx:context: None is required; set it",
        "secure-nginx:namespace: None is required; set it",
        "secure-nginx:image: None is required; set it",
    ]


def test_an_unknown_key_gets_a_suggestion() -> None:
    assert complaints({**MINIMAL, "replica": 3}) == [
        "secure-nginx:replica: '3' is not a known key; did you mean 'replicas'?"
    ]


def test_an_unknown_key_that_resembles_none_gets_the_list() -> None:
    (complaint,) = complaints({**MINIMAL, "zzz": 3})

    assert "use one of: access, autoscaling, " in complaint


def test_configuration_of_the_default_provider_is_refused() -> None:
    assert complaints({**MINIMAL, "kubernetes:context": "other"}) == [
        "kubernetes:context: 'other' has no effect in this project; set secure-nginx:context"
    ]


def test_configuration_of_the_engine_is_not_ours() -> None:
    assert load({**MINIMAL, "pulumi:disable-default-providers": ["kubernetes"]}).single


def test_mistakes_of_every_kind_are_named_at_once() -> None:
    found = complaints({**MINIMAL, "replicas": "two", "service": {"type": "NodePort", "httpsNodePort": 80}})

    assert [complaint.split(":")[1] for complaint in found] == [
        "replicas", "service.httpsNodePort",
    ]  # fmt: skip


def test_a_secret_value_is_not_shown() -> None:
    with pytest.raises(ValueError, match=r"certificate.privateKey: '\[secret\]' must be text"):
        load(
            {**MINIMAL, "certificate": {"source": "provided", "privateKey": 4711}},
            frozenset({"secure-nginx:certificate"}),
        )


def test_remedies_speak_of_keys_not_of_fields() -> None:
    (complaint,) = complaints({**MINIMAL, "certificate": {"caRenewBeforeHours": 1}})

    assert "must not exceed caRenewBeforeHours (1)" in complaint


def test_sites_share_what_they_do_not_override() -> None:
    loaded = load(
        {
            **MINIMAL,
            "replicas": 3,
            "service": {"type": "NodePort", "httpsPort": 8443},
            "sites": {
                "web": {},
                "blog": {"replicas": 1, "service": {"httpsNodePort": 30443}},
                "shop": {"service": {"type": "LoadBalancer"}},
            },
        }
    )

    assert not loaded.single
    assert loaded.sites["web"].service == NodePort(https_port=8443)
    assert loaded.sites["blog"].replicas == 1
    assert loaded.sites["blog"].service == NodePort(https_port=8443, https_node_port=30443)
    assert loaded.sites["shop"].service == LoadBalancer()
    assert loaded.sites["shop"].replicas == 3


def test_a_mistake_is_named_where_it_stands() -> None:
    found = complaints({**MINIMAL, "replicas": 0, "sites": {"web": {}, "blog": {"replicas": -1, "port": 1}}})

    assert sorted(complaint.split(": ")[0] for complaint in found) == [
        "secure-nginx:replicas", "secure-nginx:sites.blog.port",
        "secure-nginx:sites.blog.replicas",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("sites", "complaint"),
    [
        ([], None),
        ("web", "secure-nginx:sites: 'web' must be an object with one key for each site"),
        ({"web": 1}, "secure-nginx:sites.web: 1 must be an object"),
        ({"Web": {}}, "secure-nginx:sites.Web: 'Web' must be 1 to 56 of a-z"),
    ],
)
def test_sites_must_be_objects(sites: object, complaint: str | None) -> None:
    values = {**MINIMAL, "sites": sites}
    if complaint is None:
        assert load(values).single
    else:
        assert complaints(values)[0].startswith(complaint)


def test_the_probe_may_connect_even_if_few_may() -> None:
    site = load({**MINIMAL, "access": {"namespaces": ["ops"]}, "probe": {"image": IMAGE}}).sites["my-nginx"]

    args = site.component_args("real", {"app": "probe"})

    assert args.namespace == "real"
    assert args.access.pods == ({"app": "probe"},)
    assert args.access.namespaces == ("ops",)


def test_access_stays_open_where_everyone_may_connect() -> None:
    site = load({**MINIMAL, "probe": {"image": IMAGE}}).sites["my-nginx"]

    assert site.component_args("real", {"app": "probe"}).access.open


def schema() -> dict[str, Any]:
    config: dict[str, Any] = yaml.safe_load(PROJECT_FILE.read_text())["config"]
    return config


def test_the_project_declares_only_keys_that_are_read() -> None:
    assert set(schema()) <= settings.KEYS


def test_the_project_declares_every_key_that_it_can() -> None:
    # A declared key without a default is required: these have none, and are not.
    assert settings.KEYS - set(schema()) == {
        "autoscaling", "clusterIdentifier", "kubeconfig", "probe",
    }  # fmt: skip


def test_required_keys_are_the_ones_without_default() -> None:
    required = {key for key, each in schema().items() if "default" not in each}

    assert required == {"context", "namespace", "image"}


def test_defaults_of_the_project_are_the_defaults_of_the_program() -> None:
    values = {key: each["default"] for key, each in schema().items() if "default" in each}

    assert load({**MINIMAL, **values}) == load(MINIMAL)


def test_types_of_the_project_are_the_types_of_the_program() -> None:
    hints = settings.hints(StackSettings, SiteSettings) | {"name": str, "sites": Mapping[str, int]}
    for key, each in schema().items():
        value = {"string": "x", "integer": 1, "boolean": True, "array": [], "object": {}}
        problems: list[Any] = []
        decoding.decode(
            dataclasses.make_dataclass("Probe", [("key", hints[key])], frozen=True),
            {"key": value[each["type"]]},
            problems,
        )
        assert not [each for each in problems if "must be " in each.remedy and "one of" not in
                    each.remedy], key  # fmt: skip


def test_the_default_exposure_stays_inside_the_cluster() -> None:
    assert load(MINIMAL).sites["my-nginx"].service == ClusterIP()


PRODUCTION = {
    **MINIMAL,
    "environment": "production",
    "image": f"{IMAGE}@sha256:{'0' * 64}",
    "certificate": {"protectCa": True},
    "probe": {"image": f"registry.example/curl:8.22.0@sha256:{'0' * 64}"},
}


def test_production_accepts_what_keeps_its_rules() -> None:
    assert load(PRODUCTION).stack.environment == "production"


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"probe": {"image": PRODUCTION["image"], "job": False, "cronJob": {}}}, "probe"),
        ({"image": IMAGE}, "image"),
        ({"probe": {"image": "registry.example/curl:8.22.0"}}, "probe.image"),
        ({"nginx": {"http": "serve"}}, "nginx.http"),
        ({"replicas": 1}, "replicas"),
        ({"access": {"restricted": False}}, "access.restricted"),
        ({"service": {"type": "LoadBalancer"}}, "service.sourceRanges"),
        ({"certificate": {"protectCa": False}}, "certificate.protectCa"),
    ],
)
def test_production_refuses(change: Mapping[str, Any], key: str) -> None:
    (complaint,) = complaints({**PRODUCTION, **change})

    assert complaint.startswith(f"secure-nginx:{key}: ")
    assert "is not allowed in this environment; " in complaint


def test_development_has_no_rules() -> None:
    assert load({**PRODUCTION, "environment": "development", "replicas": 1}).single


def test_everything_about_the_probe_is_checked() -> None:
    found = complaints(
        {
            **MINIMAL,
            "probe": {
                "image": "curl",
                "expect": {"statuses": [99]},
                "timing": {"requestSeconds": 0},
                "cronJob": {"schedule": "often"},
                "shell": {"labels": {"-": "a"}},
            },
        }
    )

    assert [complaint.split(": ")[0] for complaint in found] == [
        "secure-nginx:probe.image", "secure-nginx:probe.expect.statuses",
        "secure-nginx:probe.timing.requestSeconds", "secure-nginx:probe.cronJob.schedule",
        "secure-nginx:probe.shell.labels",
    ]  # fmt: skip


def test_a_mistake_in_a_shared_object_is_named_there() -> None:
    found = complaints(
        {
            **MINIMAL,
            "service": {"type": "NodePort", "httpsNodePort": 1},
            "sites": {"web": {"service": {"httpPort": 8080}}},
        }
    )

    assert [complaint.split(": ")[0] for complaint in found] == ["secure-nginx:service.httpsNodePort"]
