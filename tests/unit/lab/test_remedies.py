"""What is said to do about the refusals of clusters and engines."""

import pytest

from lab.remedies import remedies

_USER = "system:serviceaccount:shop:guest"


def forbidden(kind: str, where: str) -> str:
    return f'{kind} is forbidden: User "{_USER}" cannot create resource "{kind}" in API group "" {where}'


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (
            'configured Kubernetes cluster is unreachable: context "x" of kubeconfig "/k": context "x" does not exist',
            ["no context 'x'", "kubectl config get-contexts", "secure-nginx:context"],
        ),
        (
            "warning: configured Kubernetes cluster is unreachable: failed to parse kubeconfig data in "
            "`kubernetes:config:kubeconfig`- couldn't get version/kind; json parse error: json: cannot unmarshal",
            ["neither one file", "secure-nginx:kubeconfig", "KUBECONFIG"],
        ),
        (
            "warning: configured Kubernetes cluster is unreachable: unable to load schema information from the API "
            'server: Get "https://127.0.0.1:9/openapi/v2?timeout=32s": dial tcp 127.0.0.1:9: connection refused',
            ["https://127.0.0.1:9 does not answer"],
        ),
        (
            'Get "https://127.0.0.1:9/version": dial tcp 127.0.0.1:9: connect: connection refused',
            ["https://127.0.0.1:9 does not answer", "kubeconfig"],
        ),
        (
            'Get "https://192.0.2.1:6443/version?timeout=4s": context deadline exceeded',
            ["https://192.0.2.1:6443 does not answer"],
        ),
        (
            'resource "urn:pulumi:prod::secure-nginx::a$b::my-nginx-ca-1-key" cannot be deleted\nbecause it is '
            "protected. To unprotect the resource, either remove the `protect` flag",
            ["If you mean it: `{the lab} -- state unprotect 'urn:pulumi:prod::secure-nginx::a$b::my-nginx-ca-1-key'`"],
        ),
        (forbidden("namespaces", "at the cluster scope"), [_USER, "secure-nginx:createNamespace to false"]),
        ('namespaces "shop" already exists', ["The namespace shop exists", "secure-nginx:createNamespace to false"]),
        (
            'resource "shop/web" was not successfully created: services "web" already exists',
            ["'web' among the services", "secure-nginx:name"],
        ),
        (
            'deployments.apps "web" already exists',
            ["'web' among the deployments.apps", "secure-nginx:name"],
        ),
        (
            'Service "web" is invalid: spec.ports[0].nodePort: Invalid value: 30443: provided port is already '
            "allocated",
            ["30443 is taken", "secure-nginx:service", "put it back", "remove the old site first", "choose another"],
        ),
        (
            'Service "web" is invalid: spec.clusterIPs: Invalid value: ["fd00::7"]: failed to allocate IP fd00::7: '
            "provided IP is already allocated",
            ["fd00::7 is taken", "secure-nginx:service", "put it back", "remove the old site first"],
        ),
        (
            "Internal error occurred: failed to allocate requested HealthCheck NodePort 30999: provided port is "
            "already allocated",
            ["30999 is taken"],
        ),
        (
            'pod web-1, container nginx: ImagePullBackOff: Back-off pulling image "nginx:1.30.9"',
            ["cannot pull nginx:1.30.9", "secure-nginx:image", "secure-nginx:imagePullSecrets"],
        ),
        ("error: get stack secrets manager: incorrect passphrase", ["PULUMI_CONFIG_PASSPHRASE_FILE"]),
        ("unable to read PULUMI_CONFIG_PASSPHRASE_FILE: open /x: no such file", ["another passphrase"]),
    ],
)  # fmt: skip
def test_one_cause_has_one_remedy(message: str, words: list[str]) -> None:
    (remedy,) = remedies([message, message], "{the lab}")

    for word in words:
        assert word in remedy


def test_missing_rights_are_named_together() -> None:
    where = 'in the namespace "shop"'

    (remedy,) = remedies([forbidden("services", where), forbidden("configmaps", where)], "")

    assert f"{_USER} lacks rights in the namespace shop: create configmaps, create services." in remedy


def test_rights_in_the_whole_cluster_are_told_apart() -> None:
    first, second = remedies(
        [forbidden("services", 'in the namespace "shop"'), forbidden("nodes", "at the cluster scope")], ""
    )

    assert "in the namespace shop: create services" in first
    assert "in the cluster: create nodes" in second


def test_what_says_it_itself_gets_no_more_words() -> None:
    assert remedies(["secure-nginx:replica: 3 is not a known key; did you mean 'replicas'?", "update failed"], "") == []
