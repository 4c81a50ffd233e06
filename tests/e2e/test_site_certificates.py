"""Every source of a certificate, deployed and verified."""

import base64
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from tests.e2e import driver, site_cert_manager, site_stack
from tests.e2e.site_stack import SiteStack
from tests.unit.probe.harness import Authority

HOST = "www.example.com"


@pytest.fixture
def stack(project: Path) -> Iterator[SiteStack]:
    with site_stack.made(project, "certs") as made:
        yield made


@pytest.fixture
def namespace() -> Iterator[str]:
    """A namespace of somebody else, in which the site is only a guest."""
    name = "secure-nginx-certs-guest"
    site_stack.apply(_namespace(name))
    yield name
    driver.kubectl("delete", "namespace", name)


def test_every_kind_of_generated_key_is_served(stack: SiteStack) -> None:
    kinds = {"p256": "ECDSA-P256", "p384": "ECDSA-P384", "rsa2048": "RSA-2048", "rsa4096": "RSA-4096"}
    stack.up(
        replicas=1,
        sites={name: {"certificate": {"source": "generated", "keyAlgorithm": kind}} for name, kind in kinds.items()},
    )

    outputs = stack.outputs()["sites"]
    keys = {}
    for name, found in outputs.items():
        assert found["probe"] == "verified"
        assert found["certificate"]["fingerprintSha256"] in stack.probe_log()
        secret = next(each for each in stack.objects("secrets") if each["metadata"]["name"].startswith(f"{name}-tls"))
        keys[name] = _certificate(secret, "tls.crt").public_key()
    sizes = {name: key.key_size for name, key in keys.items() if isinstance(key, rsa.RSAPublicKey)}
    curves = {name: key.curve.name for name, key in keys.items() if isinstance(key, ec.EllipticCurvePublicKey)}
    assert sizes == {"rsa2048": 2048, "rsa4096": 4096}
    assert curves == {"p256": "secp256r1", "p384": "secp384r1"}
    names = {_subject(found["caCertificate"]) for found in outputs.values()}
    assert len(names) == len(kinds)


def test_certificates_of_others_are_served_and_their_keys_stay_secret(
    stack: SiteStack, namespace: str, tmp_path: Path
) -> None:
    authority = Authority(tmp_path, "company")
    leaf = authority.leaf(HOST)
    pair = {"crt": leaf.pem, "key": leaf.chain_file.read_text().removesuffix(leaf.pem)}
    ca = authority.file.read_text()
    site_stack.apply(
        _secret(namespace, "theirs-tls", "kubernetes.io/tls", {f"tls.{end}": text for end, text in pair.items()}),
        _secret(namespace, "theirs-opaque", "Opaque", {f"nginx.{end}": text for end, text in pair.items()}),
    )
    existing = {"source": "existing", "ca": ca}
    opaque = {"certificateKey": "nginx.crt", "privateKeyKey": "nginx.key", "secretName": "theirs-opaque"}
    provided = {"source": "provided", "certificate": pair["crt"], "ca": ca}

    stack.configure(
        namespace=namespace,
        createNamespace=False,
        replicas=1,
        hostNames=[HOST],
        sites={
            "existing-tls": {"certificate": {**existing, "secretName": "theirs-tls"}},
            "existing-opaque": {"certificate": {**existing, **opaque}},
            "provided-tls": {"certificate": provided},
            "provided-opaque": {"certificate": {**provided, "secretLayout": "opaque"}},
            "generated-opaque": {"certificate": {"source": "generated", "secretLayout": "opaque"}},
        },
    )
    for name in ("provided-tls", "provided-opaque"):
        stack.set_secret(f"sites.{name}.certificate.privateKey", pair["key"])
    result = stack.up()

    outputs = stack.outputs()["sites"]
    assert {found["probe"] for found in outputs.values()} == {"verified"}
    assert outputs["provided-tls"]["certificate"]["serial"] == f"{_load(pair['crt']).serial_number:x}"
    assert "PRIVATE KEY" not in result.output
    secrets = {
        each["metadata"]["name"].rpartition("-tls-")[0]: (each["type"], sorted(each["data"]))
        for each in driver.objects("secrets", namespace=namespace)
        if "-tls-" in each["metadata"]["name"]
    }
    assert secrets == {
        "provided-tls": ("kubernetes.io/tls", ["tls.crt", "tls.key"]),
        "provided-opaque": ("Opaque", ["nginx.crt", "nginx.key"]),
        "generated-opaque": ("Opaque", ["nginx.crt", "nginx.key"]),
    }


def test_cert_manager_issues_the_certificate_and_a_renewed_one_is_served_without_a_rollout(
    stack: SiteStack, namespace: str, tmp_path: Path
) -> None:
    with site_cert_manager.running(namespace, tmp_path / "cert-manager.log"):
        site_stack.apply(*site_cert_manager.authority(namespace))
        driver.kubectl(
            "wait", f"--namespace={namespace}", "--for=condition=Ready", "--timeout=120s", "certificate/company-ca"
        )
        ca = driver.kubectl(
            "get", "secret", "company-ca", f"--namespace={namespace}", "--output=jsonpath={.data.tls\\.crt}"
        )
        site_stack.apply(_config_map(namespace, "company-ca", {"ca.crt": base64.b64decode(ca).decode()}))
        try:
            stack.up(
                namespace=namespace,
                createNamespace=False,
                service={"type": "NodePort"},
                certificate={"source": "cert-manager", "issuer": "company", "caConfigMap": "company-ca"},
            )
            assert stack.outputs()["probe"] == "verified"
            stack.up(hostNames=[HOST])
            assert stack.outputs()["probe"] == "verified"
            _the_changed_certificate_was_awaited(stack)
            _a_renewed_certificate_is_picked_up(stack, namespace)
        finally:
            stack.destroy()


def _the_changed_certificate_was_awaited(stack: SiteStack) -> None:
    """The update went on when cert-manager had said of the new names, not of the old ones, that all is well."""
    certificate = site_stack.resource(stack.export(), "Certificate")["outputs"]
    (ready,) = [each for each in certificate["status"]["conditions"] if each["type"] == "Ready"]
    assert HOST in certificate["spec"]["dnsNames"]
    assert (ready["status"], ready["observedGeneration"]) == ("True", certificate["metadata"]["generation"])


def _a_renewed_certificate_is_picked_up(stack: SiteStack, namespace: str) -> None:
    """Let cert-manager issue anew, by taking its Secret's content for outdated, and see it served by the same pods."""
    pods = {pod["metadata"]["uid"] for pod in driver.objects("pods", namespace=namespace, selector=_SITE)}
    address = (driver.NODE_TWINS["10.89.0.11"], stack.outputs()["nodePorts"]["https"])
    before = ssl.get_server_certificate(address)
    driver.kubectl(
        "patch", "certificate", f"{site_stack.SITE}-tls", f"--namespace={namespace}", "--subresource=status",
        "--type=merge", '--patch={"status":{"conditions":[{"type":"Issuing","status":"True","reason":"Renewed",'
        '"message":"asked for","lastTransitionTime":"2026-01-01T00:00:00Z"},{"type":"Ready","status":"True",'
        '"reason":"Ready","message":"ready","lastTransitionTime":"2026-01-01T00:00:00Z"}]}}',
    )  # fmt: skip

    # The kubelet writes a changed Secret into the pods within a minute or so, nginx looks every ten seconds.
    site_stack.until(
        lambda: ssl.get_server_certificate(address) != before, 240, "the renewed certificate is not served"
    )

    now = {pod["metadata"]["uid"] for pod in driver.objects("pods", namespace=namespace, selector=_SITE)}
    assert now == pods


_SITE = f"app.kubernetes.io/instance={site_stack.SITE}"


def _namespace(name: str) -> dict[str, Any]:
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}


def _secret(namespace: str, name: str, kind: str, data: dict[str, str]) -> dict[str, Any]:
    metadata = {"name": name, "namespace": namespace}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "type": kind, "stringData": data}


def _config_map(namespace: str, name: str, data: dict[str, str]) -> dict[str, Any]:
    metadata = {"name": name, "namespace": namespace}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}


def _certificate(secret: dict[str, Any], key: str) -> x509.Certificate:
    return x509.load_pem_x509_certificate(base64.b64decode(secret["data"][key]))


def _load(pem: str) -> x509.Certificate:
    return x509.load_pem_x509_certificate(pem.encode())


def _subject(pem: str) -> str:
    return _load(pem).subject.rfc4514_string()
