"""The settings of one site over those that all share: what mixes, and what takes the other's place."""

from typing import Any

import pytest

import layers

BALANCER = {"type": "LoadBalancer", "httpsPort": 8443}
FOLDER = {"source": "folder", "path": "www"}


@pytest.mark.parametrize(
    ("key", "below", "above"),
    [
        ("service", BALANCER, {"httpsPort": 9443}),
        ("service", BALANCER, {"type": "LoadBalancer"}),
        ("service", {"httpsPort": 8443}, {"type": "ClusterIP", "httpPort": 8080}),
        ("secure-nginx:service", {"httpsPort": 8443}, {"type": "ClusterIP"}),
        ("certificate", {"validityHours": 24}, {"source": "generated", "keyRevision": "2"}),
        ("content", {"files": {"a": "b"}}, {"source": "inline"}),
        ("labels", {"type": "web", "team": "x"}, {"type": "db"}),
        ("labels", {"source": "ours", "team": "x"}, {"source": "generated"}),
    ],
)
def test_objects_of_one_kind_mix(key: str, below: dict[str, Any], above: dict[str, Any]) -> None:
    assert layers.merged({key: below}, {key: above}) == {key: {**below, **above}}


@pytest.mark.parametrize(
    ("key", "below", "above"),
    [
        ("service", BALANCER, {"type": "NodePort"}),
        ("service", {"httpsPort": 8443}, {"type": "NodePort"}),
        ("secure-nginx:service", BALANCER, {"type": "ClusterIP"}),
        ("certificate", {"validityHours": 24}, {"source": "existing", "secretName": "theirs"}),
        ("content", FOLDER, {"source": "inline"}),
    ],
)
def test_an_object_of_another_kind_takes_the_place(key: str, below: dict[str, Any], above: dict[str, Any]) -> None:
    assert layers.merged({key: below}, {key: above}) == {key: above}


def test_the_kinds_of_a_single_site_count_as_well() -> None:
    shared = {"secure-nginx:sites": {"web": {"replicas": 1, "content": FOLDER}}}

    result = layers.merged(shared, {"secure-nginx:sites": {"web": {"content": {"source": "inline"}}}})

    assert result == {"secure-nginx:sites": {"web": {"replicas": 1, "content": {"source": "inline"}}}}


@pytest.mark.parametrize(
    ("path", "own"),
    [
        ("replicas", True),
        ("labels.example.com/team", True),
        ("labels.example.com/owner", False),
        ("tolerations.1.key", False),
        ("certificate.secretName", False),
        ("service.type", True),
        ("anything", True),
    ],
)
def test_a_value_is_looked_for_where_most_of_its_path_leads(path: str, own: bool) -> None:
    shared = {
        "certificate": {"source": "existing"},
        "labels": {"example.com/owner": "shop"},
        "tolerations": [{}, {}],
    }
    override = {"replicas": 1, "labels": {"example.com/team": "shop"}}

    assert layers.is_overridden(path.split("."), shared, override) is own
    assert not layers.is_overridden(path.split("."), shared, {})
