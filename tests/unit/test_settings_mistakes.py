"""Mistakes in a configuration: each is named where it stands, with what to do about it, and none hides another."""

import os
from collections.abc import Mapping
from typing import Any

import pytest

from tests.unit.test_bad_input import WHOLE
from tests.unit.test_settings import IMAGE, MINIMAL, complaints, load


def test_a_mistake_is_named_where_it_stands() -> None:
    found = complaints({**MINIMAL, "replicas": 101, "sites": {"web": {}, "blog": {"replicas": -1, "port": 1}}})

    assert sorted(complaint.split(": ")[0] for complaint in found) == [
        "secure-nginx:replicas", "secure-nginx:sites.blog.port",
        "secure-nginx:sites.blog.replicas",
    ]  # fmt: skip


def test_a_mistake_in_a_map_or_a_list_is_named_where_it_stands() -> None:
    tolerations = [{"key": "a"}, {"efect": "NoExecute"}]
    shared = {"labels": {"example.com/team": 5}, "scheduling": {"tolerations": tolerations}}

    found = complaints({**MINIMAL, **shared, "sites": {"web": {"replicas": 1}, "blog": {"labels": {"a.b/c": False}}}})

    assert sorted(found) == [
        "secure-nginx:labels.example.com/team: 5 must be text; put it in quotes",
        "secure-nginx:scheduling.tolerations.1.efect: 'NoExecute' is not a known key; did you mean 'effect'?",
        "secure-nginx:scheduling.tolerations.1.key: (not set) is required; set it",
        "secure-nginx:sites.blog.labels.a.b/c: False must be text; put it in quotes",
    ]


def test_what_is_missing_does_not_hide_the_rest() -> None:
    values = {key: value for key, value in MINIMAL.items() if key not in ("image", "namespace")}

    found = complaints({**values, "replicas": -1, "service": {"type": "NodePort", "httpsNodePort": 80}})

    assert [complaint.split(": ")[0] for complaint in found] == [
        "secure-nginx:namespace", "secure-nginx:image", "secure-nginx:replicas", "secure-nginx:service.httpsNodePort",
    ]  # fmt: skip


def test_what_is_missing_does_not_hide_what_cannot_be_read() -> None:
    values = {key: value for key, value in MINIMAL.items() if key != "image"}

    assert [complaint.split(": ")[0] for complaint in complaints({**values, "replicas": "two", "port": 1})] == [
        "secure-nginx:port", "secure-nginx:image", "secure-nginx:replicas",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("certificate", "days", "most"),
    [
        ({}, 30, None),
        ({}, 31, 30),
        ({"renewBeforeHours": 47}, 1, None),
        ({"renewBeforeHours": 47}, 2, 1),
        ({"source": "cert-manager", "issuer": "ours", "ca": None, "caConfigMap": "ca"}, 31, 30),
        ({"source": "existing", "secretName": "theirs", "caConfigMap": "ca"}, 31, None),
    ],
)
def test_a_certificate_that_is_not_due_yet_is_good_enough(
    certificate: dict[str, Any], days: int, most: int | None
) -> None:
    probe = {"image": IMAGE, "expect": {"minDaysLeft": days}}

    values = {**MINIMAL, "hostNames": ["a.example"], "certificate": certificate, "probe": probe}

    if most is None:
        assert load(values)
    else:
        (complaint,) = complaints(values)
        assert complaint.startswith(f"secure-nginx:probe.expect.minDaysLeft: {days} must be at most {most}: ")
        assert complaint.endswith(" hours before its end (renewBeforeHours), and no earlier")


@pytest.mark.parametrize("namespace", ["other", "Bad_", 3, {}], ids=["other", "wrong", "number", "object"])
def test_a_site_has_the_namespace_of_its_stack(namespace: object) -> None:
    assert complaints({**MINIMAL, "sites": {"web": {"namespace": namespace}}}) == [
        f"secure-nginx:sites.web.namespace: {namespace!r} is that of all sites of a stack; "
        "take it out, and make a stack for each namespace"
    ]


def test_a_namespace_that_is_missing_is_that_of_no_site() -> None:
    values = {**{key: value for key, value in MINIMAL.items() if key != "namespace"}, "sites": {"web": {}, "shop": {}}}

    required = "secure-nginx:namespace: (not set) is required; set it"
    assert complaints(values) == [required]
    found = complaints({**values, "sites": {"web": {"namespace": "shop"}}})
    assert [found[0], *(each.split(" is ")[0] for each in found[1:])] == [
        required, "secure-nginx:sites.web.namespace: 'shop'",
    ]  # fmt: skip


def test_a_list_or_an_object_is_no_text() -> None:
    assert complaints({**MINIMAL, "context": ["a"], "clusterUid": {"a": 1}, "kubeconfig": {"apiVersion": "v1"}}) == [
        "secure-nginx:context: ['a'] must be text",
        "secure-nginx:clusterUid: {'a': 1} must be text",
    ]


def test_a_context_has_a_name() -> None:
    assert complaints({**MINIMAL, "context": " "}) == [
        "secure-nginx:context: ' ' must be the name of a context: an empty one leads wherever kubectl is just pointed"
    ]


@pytest.mark.parametrize("secret_keys", [(), ("secure-nginx:kubeconfig",)], ids=["plain", "secret"])
def test_several_kubeconfigs_are_refused_and_not_shown(secret_keys: tuple[str, ...]) -> None:
    (complaint,) = complaints({**MINIMAL, "kubeconfig": os.pathsep.join(["/home/me/a", "/home/me/b"])}, *secret_keys)

    shown = "[secret]" if secret_keys else "[not shown]"
    assert complaint == (
        f"secure-nginx:kubeconfig: '{shown}' names several files, and the Kubernetes plugin takes one; write them into "
        "one by `KUBECONFIG=FILES kubectl config view --raw --flatten --minify --context=test > FILE`, and set this to "
        "FILE, or leave it out and set KUBECONFIG"
    )


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        (
            {"service": {"type": "ClusterIP", "externalTrafficPolicy": "Local"}},
            "secure-nginx:service.externalTrafficPolicy: 'Local' goes with type NodePort or LoadBalancer; "
            "set type, which is ClusterIP here",
        ),
        (
            {"nginx": {"http": False}},
            "secure-nginx:nginx.http: False must be one of: off, redirect, serve; put it in quotes",
        ),
    ],
)
def test_what_yaml_and_kinds_make_of_a_value_is_said(values: Mapping[str, Any], complaint: str) -> None:
    assert complaints({**MINIMAL, **values}) == [complaint]


def test_a_context_of_several_words_stays_one_word_in_a_command() -> None:
    (complaint,) = complaints({**MINIMAL, "context": "my cluster; x", "kubeconfig": os.pathsep.join(["a", "b"])})

    assert " --minify '--context=my cluster; x' > FILE`" in complaint


def test_a_context_in_a_command_keeps_its_name() -> None:
    (complaint,) = complaints({**MINIMAL, "context": "prod_eu", "kubeconfig": os.pathsep.join(["a", "b"])})

    assert " --minify --context=prod_eu > FILE`" in complaint


@pytest.mark.parametrize("project", ["secure-ngnix", "securenginx", "secure_nginx", "Secure-Nginx", "secure-nginx-"])
def test_a_mistyped_project_is_not_overlooked(project: str) -> None:
    values = {**MINIMAL, f"{project}:environment": "production", f"{project}:kubeconfig": "a: b"}

    assert complaints(values) == [
        f"{project}:environment: 'production' has no effect, as it is not of this project; did you mean "
        "secure-nginx:environment?",
        f"{project}:kubeconfig: '[not shown]' has no effect, as it is not of this project; did you mean "
        "secure-nginx:kubeconfig?",
    ]


@pytest.mark.parametrize(
    "key", ["aws:region", "azure-native:environment", "random:x", "tls:proxy", "nginx:image", "secure-proxy:port"]
)
def test_a_key_of_another_package_is_not_ours(key: str) -> None:
    assert load({**MINIMAL, key: "x"}).single


def test_a_site_that_is_no_object_hides_no_other() -> None:
    assert complaints({**MINIMAL, "sites": {"one": 1, "two": {"replicas": -1}}}) == [
        "secure-nginx:sites.one: 1 must be an object",
        "secure-nginx:sites.two.replicas: -1 must be between 0 and 100",
    ]


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


def test_a_secret_of_the_registry_is_named_once() -> None:
    assert complaints({**MINIMAL, "imagePullSecrets": ["ours", "theirs", "ours"]}) == [
        "secure-nginx:imagePullSecrets: 'ours' is given twice; keep one of them"
    ]


def test_what_is_shared_may_have_no_effect_on_one_of_many_sites() -> None:
    shared = {
        "content": {"source": "volume-claim", "size": "5Gi"}, "nginx": {"tlsProfile": "modern"},
        "service": {"sessionAffinity": "ClientIP", "sessionAffinitySeconds": 600},
    }  # fmt: skip
    own = {"content": {"claim": "theirs"}, "service": {"sessionAffinity": "None"}}

    assert load({**MINIMAL, **shared, "sites": {"one": {}, "two": own}})
    (complaint,) = complaints(
        {**MINIMAL, **shared, "sites": {"one": {}, "two": {"content": {"claim": "a", "size": "2Gi"}}}}
    )
    assert complaint.startswith("secure-nginx:sites.two.content.size: '2Gi' has no effect beside claim")
    (complaint,) = complaints({**MINIMAL, "content": {"source": "volume-claim", "claim": "a", "size": "2Gi"}})
    assert complaint.startswith("secure-nginx:content.size: '2Gi' has no effect beside claim")


def test_a_name_beside_those_of_sites_is_refused() -> None:
    (complaint,) = complaints({**MINIMAL, "name": "web", "sites": {"shop": {}}})

    assert complaint.startswith("secure-nginx:name: 'web' has no effect beside sites")
    assert load({**MINIMAL, "name": "my-nginx", "sites": {"shop": {}}})


def test_the_level_of_a_namespace_that_others_make_is_refused() -> None:
    (complaint,) = complaints({**MINIMAL, "createNamespace": False, "podSecurity": "baseline"})

    assert complaint == (
        "secure-nginx:podSecurity: 'baseline' has no effect on a namespace that somebody else makes; remove it, or set "
        "createNamespace"
    )


def test_a_name_that_every_namespace_has_taken_is_refused() -> None:
    (complaint,) = complaints({**MINIMAL, "name": "default"})

    assert complaint.startswith("secure-nginx:name: 'default' is a ServiceAccount of every namespace")


def test_what_is_shared_may_have_no_effect_beside_a_configuration_of_one_site() -> None:
    nginx = {"hstsSeconds": 0}
    service = {"internalTrafficPolicy": "Local", "sessionAffinity": "ClientIP"}
    whole = {"configuration": WHOLE}
    sites = {"one": {}, "two": {"nginx": whole, "service": {"type": "Headless"}}}

    assert load({**MINIMAL, "nginx": nginx, "service": service, "sites": sites})
    complaint = complaints({**MINIMAL, "nginx": {**nginx, **whole}})
    assert complaint == ["secure-nginx:nginx.hstsSeconds: 0 has no effect beside configuration; remove one of them"]


def test_a_shared_node_port_may_have_no_effect_where_one_site_has_no_plain_http() -> None:
    ways = {"service": {"type": "NodePort", "httpNodePort": 30080}, "access": {"networks": ["10.0.0.0/8"]}}
    off = {"nginx": {"http": "off"}}

    assert load({**MINIMAL, **ways, "sites": {"one": off, "two": {"service": {"httpNodePort": 30081}}}})
    assert complaints({**MINIMAL, **ways, **off}) == [
        "secure-nginx:service.httpNodePort: 30080 has no effect with nginx.http off; remove it"
    ]
