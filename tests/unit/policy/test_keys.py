"""Private keys outside of Secrets, in all the forms in which files hold them."""

import base64
import textwrap

import pytest

from policy.resource import UNKNOWN, Resource
from tests.unit import certificates
from tests.unit.policy import objects
from tests.unit.policy.objects import b64, broken, config_map, messages

RULE = "keys-in-secrets"


def binary(name: str, encoded: object) -> Resource:
    return Resource(type=objects.CONFIG_MAP, inputs={"binaryData": {name: encoded}})


@pytest.mark.parametrize(
    "kind", ["PRIVATE KEY", "EC PRIVATE KEY", "RSA PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "PGP PRIVATE KEY BLOCK"]
)
def test_keys_are_in_secrets_alone(kind: str) -> None:
    key = f"-----BEGIN {kind}-----\nsecret\n-----END {kind}-----\n"
    inline = objects.deployment(objects.pod(container={"env": [{"name": "KEY", "value": key}]}))

    assert messages(config_map(a=key), RULE) == ["data.a holds a private key"]
    assert messages(config_map(a=b64(key)), RULE) == ["data.a holds a private key"]
    assert messages(binary("tls.key", b64(key)), RULE) == ["binaryData.tls.key holds a private key"]
    assert messages(inline, RULE) == ["spec.template.spec.containers[0].env[0].value holds a private key"]
    assert messages(Resource(type=objects.SECRET, inputs={"stringData": {"a": key}}), RULE) == []
    assert messages(config_map(a="-----BEGIN PUBLIC KEY-----"), RULE) == []


@pytest.mark.parametrize("separator", ["", "\n      "])
def test_a_kubeconfig_holds_its_key_in_base64(separator: str) -> None:
    def kubeconfig(pem: str) -> Resource:
        lines = separator.join(textwrap.wrap(b64(pem), 76))
        return config_map(config=f"users:\n- user:\n    client-data: {separator}{lines}\n    token: abc\n")

    certificate = certificates.certificate_pem("leaf", dns_names=("shop",))

    assert messages(kubeconfig(certificates.key_pem("leaf")), RULE) == ["data.config holds a private key"]
    assert messages(kubeconfig(certificate + certificates.key_pem("leaf")), RULE) == ["data.config holds a private key"]
    assert messages(kubeconfig(certificate), RULE) == []


def test_bytes_that_are_no_text_hide_no_key_beside_them() -> None:
    key = certificates.key_pem("leaf").encode()

    for content in (key + b"\xff", b"\xff\xfe" + key):
        encoded = base64.b64encode(content).decode()
        assert messages(binary("a", encoded), RULE) == ["binaryData.a holds a private key"]
        assert messages(binary("a", "\n".join(textwrap.wrap(encoded, 76))), RULE) == [
            "binaryData.a holds a private key"
        ]


@pytest.mark.parametrize("encoded", [base64.b64encode(b"\xff\xfe").decode(), "%", "\u00e9", UNKNOWN])
def test_what_is_no_text_holds_no_key(encoded: object) -> None:
    assert broken(binary("a", encoded)) == set()


def test_only_the_clusters_own_secrets_may_hold_keys() -> None:
    inputs = {"stringData": {"a": certificates.key_pem("leaf")}}

    assert messages(Resource(type="kubernetes:example.com/v1:Secret", inputs=inputs), RULE) == [
        "stringData.a holds a private key"
    ]
    assert messages(Resource(type="kubernetes:core/v1:SecretPatch", inputs=inputs), RULE) == []
