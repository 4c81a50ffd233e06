"""What is hidden although the engine did not."""

import pytest
from cryptography.hazmat.primitives import serialization

from previews.redaction import HIDDEN, hide, is_secret_place
from tests.unit import certificates

KEY = (
    certificates.key("any")
    .private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    .decode()
    .strip()
)
HEAD, FIRST, *_ = KEY.splitlines()


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        pytest.param(f"see {KEY} here", FIRST, id="key"),
        pytest.param(f"{HEAD}\n{FIRST[:14]}", FIRST[:4], id="cut-off-key"),
        ("postgres://admin:hunter2@db/pulumi", "hunter2"),
        ("Authorization: Bearer abc.def-123", "abc.def-123"),
        ("v1:aGVsbG8gd29ybGQ=:v1:c29tZXRoaW5n:bW9yZQ==", "c29tZXRoaW5n"),
        ("v1:aGVsbG8gd29ybGQ=:bW9yZSBvZiBpdA==", "bW9yZSBvZiBpdA"),
        ("AKIAABCDEFGHIJKLMNOP", "AKIAABCDEFGHIJKLMNOP"),
        ("token ghp_0123456789abcdefghij", "0123456789abcdefghij"),
        ("eyJhbGciOiJIUzI1.eyJzdWIiOi.c2lnbmF0dXJl", "eyJzdWIiOi"),
        ("PULUMI_CONFIG_PASSPHRASE=open-sesame pulumi up", "open-sesame"),
    ],
)
def test_secrets_are_known_by_their_form(text: str, secret: str) -> None:
    assert secret in text
    assert secret not in hide(text)
    assert HIDDEN in hide(text)


@pytest.mark.parametrize(
    "text",
    [
        "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
        "https://my-nginx.default.svc/",
        "mail@example.com",
        "v1:short",
        "nginx:1.30.1@sha256:842a3f99afd73859",
    ],
)
def test_what_everyone_may_see_is_left_alone(text: str) -> None:
    assert hide(text) == text


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        ("kubernetes:core/v1:Secret", "data"),
        ("kubernetes:core/v1:Secret", 'stringData["tls.key"]'),
        ("kubernetes:core/v1:Secret", "stringData.user"),
        ("tls:index/privateKey:PrivateKey", "privateKeyPem"),
        ("any", "spec.env[0].dbPassword"),
        ("any", 'data["api_key"]'),
        ("any", "kubeconfig"),
        ("any", "bcryptHash"),
        ("any", "tokens[3]"),
    ],
)
def test_secrets_are_known_by_their_place(kind: str, path: str) -> None:
    assert is_secret_place(kind, path)


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        ("kubernetes:core/v1:Secret", "metadata.name"),
        ("kubernetes:core/v1:Secret", "dataset"),
        ("kubernetes:core/v1:ConfigMap", "data.settings"),
        ("kubernetes:apps/v1:Deployment", "spec.template.spec.volumes[1].secret.secretName"),
        ("tls:index/privateKey:PrivateKey", "algorithm"),
        ("any", "passwords.count"),
        ("any", ""),
    ],
)
def test_other_places_are_not(kind: str, path: str) -> None:
    assert not is_secret_place(kind, path)
