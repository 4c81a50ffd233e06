"""An exported state: what is in it, and what is masked."""

from collections.abc import Callable
from typing import Any

import pytest

from previews.redaction import HIDDEN
from report import state
from report.state import State
from tests.unit import certificates
from tests.unit.harness import SECRET, SECRET_KEY
from tests.unit.report.made import SITE

Read = Callable[[], State]


def test_resources_belong_to_their_components(read: Read) -> None:
    known = read()

    own = {each.kind for each in known.component("SecureNginx", SITE)}
    assert {"Deployment", "Service", "Secret", "LocallySignedCert"} <= own
    assert [each.kind for each in known.component("CurlProbe", f"{SITE}-probe") if each.kind == "Job"] == ["Job"]
    assert known.component("SecureNginx", "another") == ()


def test_a_resource_tells_its_names(read: Read) -> None:
    (secret,) = (each for each in read().resources if each.kind == "Secret")

    assert (secret.name, secret.object_name, secret.is_object) == ("my-nginx-tls", "my-nginx-tls-0a1b2c3d", True)
    (leaf,) = (each for each in read().resources if each.kind == "LocallySignedCert")
    assert leaf.urn in secret.dependencies
    assert not leaf.is_object


def test_every_secret_is_masked_wherever_it_is(dev: dict[str, Any], read: Read) -> None:
    encrypted = {SECRET_KEY: SECRET, "ciphertext": "v1:abc:def"}
    outputs = dev["deployment"]["resources"][0]["outputs"]
    outputs["deep"] = {"list": [encrypted, "plain"], "value": encrypted}

    known = read()

    assert known.outputs["deep"] == {"list": [HIDDEN, "plain"], "value": HIDDEN}
    (secret,) = (each for each in known.resources if each.kind == "Secret")
    assert secret.inputs["stringData"] == HIDDEN
    key = certificates.key_pem("my-nginx-key").strip()
    assert key in repr(dev) or key.replace("\n", "\\n") in repr(dev)
    assert "PRIVATE KEY" not in repr(known)


def test_what_waits_for_its_removal_is_left_out(dev: dict[str, Any], read: Read) -> None:
    before = len(read().resources)
    dev["deployment"]["resources"][3]["delete"] = True

    assert len(read().resources) == before - 1


def test_what_is_only_looked_at_is_not_the_stacks(dev: dict[str, Any], read: Read) -> None:
    before = read()
    looked_at = {
        "urn": "urn:pulumi:dev::secure-nginx::kubernetes:core/v1:Namespace::cluster-identity",
        "type": "kubernetes:core/v1:Namespace",
        "id": "kube-system",
        "external": True,
        "inputs": {"metadata": {"name": "kube-system"}},
    }
    dev["deployment"]["resources"].append(looked_at)

    assert read() == before


def test_an_interrupted_update_is_noticed(dev: dict[str, Any], read: Read) -> None:
    assert not read().interrupted

    dev["deployment"]["pending_operations"] = [{"type": "creating"}]

    assert read().interrupted


@pytest.mark.parametrize("empty", [{}, {"deployment": {}}, {"deployment": {"resources": None}}])
def test_an_empty_state_has_nothing(empty: dict[str, Any]) -> None:
    assert state.read(empty) == State(resources=(), outputs={}, interrupted=False)
