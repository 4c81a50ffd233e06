"""Reading configuration: what is accepted, and how every mistake is named."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

import settings
from components import ClusterIP, LoadBalancer, NodePort
from settings import Settings
from site_settings import SiteSettings

PROJECT_FILE = Path(__file__).parents[2] / "Pulumi.yaml"
IMAGE = "registry.example/nginx:1.30.6"
MINIMAL = {"context": "test", "namespace": "shop", "image": IMAGE}


def as_raw(values: Mapping[str, Any]) -> dict[str, str]:
    """A configuration as Pulumi passes it, by full key."""
    return {
        key if ":" in key else f"secure-nginx:{key}": (value if isinstance(value, str) else json.dumps(value))
        for key, value in values.items()
    }


def load(values: Mapping[str, Any], *secret_keys: str) -> Settings:
    return settings.load(as_raw(values), frozenset(secret_keys))


def complaints(values: Mapping[str, Any], *secret_keys: str) -> list[str]:
    with pytest.raises(ValueError, match="configuration: ") as caught:
        load(values, *secret_keys)
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
        "secure-nginx:context: (not set) is required; set it",
        "secure-nginx:namespace: (not set) is required; set it",
        "secure-nginx:image: (not set) is required; set it",
    ]


def test_an_unknown_key_gets_a_suggestion() -> None:
    assert complaints({**MINIMAL, "replica": 3}) == [
        "secure-nginx:replica: '3' is not a known key; did you mean 'replicas'?"
    ]


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        ({"host_names": []}, "secure-nginx:host_names: [] is not a known key; did you mean 'hostNames'?"),
        (
            {"service": {"https_port": 8443}},
            "secure-nginx:service.https_port: 8443 is not a known key; did you mean 'httpsPort'?",
        ),
        ({"sites": {"my_site": 1}}, "secure-nginx:sites.my_site: 1 must be an object"),
        (
            {"sites": {"web": {"pre_stop_seconds": 1}}},
            "secure-nginx:sites.web.pre_stop_seconds: 1 is not a known key; did you mean 'preStopSeconds'?",
        ),
    ],
)
def test_a_key_is_shown_as_it_is_written(values: Mapping[str, Any], complaint: str) -> None:
    assert complaint in complaints({**MINIMAL, **values})


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


def test_the_project_declares_and_describes_exactly_the_keys_that_are_read() -> None:
    assert set(schema()) == settings.KEYS
    assert all(each["description"] for each in schema().values())


def test_pulumi_stops_at_no_mistake_before_the_program_names_all() -> None:
    assert {frozenset(each) for each in schema().values()} == {frozenset({"default", "description"})}


def test_defaults_of_the_project_are_the_defaults_of_the_program() -> None:
    values = {key: each["default"] for key, each in schema().items()}

    assert load({**values, **MINIMAL}) == load(MINIMAL)
    assert complaints(values) == [f"secure-nginx:{key}: (not set) is required; set it" for key in MINIMAL]


def test_the_default_exposure_stays_inside_the_cluster() -> None:
    assert load(MINIMAL).sites["my-nginx"].service == ClusterIP()


def test_everything_about_the_probe_is_checked() -> None:
    found = complaints(
        {
            **MINIMAL,
            "probe": {
                "image": "curl",
                "expect": {"statuses": [99], "httpPort": 0},
                "timing": {"requestSeconds": 0},
                "cronJob": {"schedule": "often"},
                "shell": {"labels": {"-": "a"}},
            },
        }
    )

    assert [complaint.split(": ")[0] for complaint in found] == [
        "secure-nginx:probe.image", "secure-nginx:probe.expect.statuses", "secure-nginx:probe.expect.httpPort",
        "secure-nginx:probe.timing.requestSeconds", "secure-nginx:probe.cronJob.schedule",
        "secure-nginx:probe.shell.labels",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("wish", "http"), [({}, None), ({"http": "ignored"}, "ignored"), ({"http": "closed"}, "closed")]
)
def test_a_wish_for_plain_http_is_told_from_none(wish: dict[str, str], http: str | None) -> None:
    probe = load({**MINIMAL, "probe": {"image": IMAGE, "expect": wish}}).sites["my-nginx"].probe

    assert probe is not None
    assert probe.expect.http == http


def test_a_probe_must_do_something() -> None:
    assert complaints({**MINIMAL, "probe": {"image": IMAGE, "job": False}}) == [
        "secure-nginx:probe.job: False must be true while neither cronJob nor shell is set"
    ]


@pytest.mark.parametrize(("name", "where"), [("name", "name"), ("sites", f"sites.{'a' * 33}")])
def test_a_probed_name_leaves_room_for_the_probes(name: str, where: str) -> None:
    long = "a" * 33
    values = {**MINIMAL, "probe": {"image": IMAGE}, name: long if name == "name" else {long: {}}}

    (complaint,) = complaints(values)

    assert complaint.startswith(f"secure-nginx:{where}: '{long}' must have at most 32 characters with a probe")
    assert load({**values, "probe": {}}).sites
    assert load({**values, name: "a" * 32 if name == "name" else {"a" * 32: {}}}).sites


def test_a_mistake_in_a_shared_object_is_named_there() -> None:
    found = complaints(
        {
            **MINIMAL,
            "service": {"type": "NodePort", "httpsNodePort": 1},
            "sites": {"web": {"service": {"httpPort": 8080}}},
        }
    )

    assert [complaint.split(": ")[0] for complaint in found] == ["secure-nginx:service.httpsNodePort"]
