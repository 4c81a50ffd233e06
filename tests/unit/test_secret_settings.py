"""Secrets in a configuration: what has to be one, and that no message shows any."""

import json
from typing import Any

import pulumi
import pytest

import settings
from components import Problem
from secret_settings import Secrets, shown_at
from tests.unit.harness import Deploy
from tests.unit.probe.harness import Authority
from tests.unit.stacks import run_program
from tests.unit.test_settings import MINIMAL, as_raw, complaints, load

CERTIFICATE, KUBECONFIG, SITES = (f"secure-nginx:{key}" for key in ("certificate", "kubeconfig", "sites"))
HIDDEN = "hunter2"


@pytest.fixture(scope="module")
def provided(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A certificate of somebody else with its key, and whom to trust."""
    authority = Authority(tmp_path_factory.mktemp("authority"), "company")
    leaf = authority.leaf("www.example.com")
    key = leaf.chain_file.read_text().removesuffix(leaf.pem)
    return {"source": "provided", "certificate": leaf.pem, "privateKey": key, "ca": authority.file.read_text()}


@pytest.mark.parametrize(
    ("values", "secret_key", "shown"),
    [
        (
            {"certificate": {"source": "provided", "privateKey": [HIDDEN]}},
            CERTIFICATE,
            "secure-nginx:certificate.privateKey: '[secret]' must be text",
        ),
        (
            {"kubernetes:kubeconfig": f"token: {HIDDEN}"},
            "kubernetes:kubeconfig",
            "kubernetes:kubeconfig: '[secret]' has no effect in this project; set secure-nginx:kubeconfig",
        ),
        (
            {"KUBECONFIG": f"token: {HIDDEN}"},
            "secure-nginx:KUBECONFIG",
            "secure-nginx:KUBECONFIG: '[secret]' is not a known key; use one of: ",
        ),
        (
            {"certificate": {"private:key": HIDDEN}},
            CERTIFICATE,
            "secure-nginx:certificate.private:key: '[secret]' is not a known key; ",
        ),
    ],
)
def test_a_secret_value_is_not_shown(values: dict[str, Any], secret_key: str, shown: str) -> None:
    found = complaints({**MINIMAL, **values}, secret_key)

    assert [complaint for complaint in found if complaint.startswith(shown)]
    assert HIDDEN not in repr(found)


@pytest.mark.parametrize("site", ["a", "a.b"])
@pytest.mark.parametrize(
    ("certificate", "own"),
    [
        # Neither stands where it is looked for, and so is said of the site.
        ({"source": "provided", "private_key": HIDDEN}, {}),
        ({"source": "provided", "private.key": HIDDEN}, {"replicas": 1}),
        ({"source": "provided", "private_key": HIDDEN}, {"certificate": {"privateKey": 4711}}),
    ],
)
@pytest.mark.parametrize("secret_keys", [(CERTIFICATE,), (CERTIFICATE, SITES)])
def test_a_secret_that_sites_share_is_not_shown(
    certificate: dict[str, Any], own: dict[str, Any], secret_keys: tuple[str, ...], site: str
) -> None:
    found = complaints({**MINIMAL, "certificate": certificate, "sites": {site: own}}, *secret_keys)

    assert HIDDEN not in repr(found)
    assert "4711" not in repr(found)


def test_what_is_missing_is_no_secret() -> None:
    found = complaints({**MINIMAL, "certificate": {"source": "provided", "certificate": HIDDEN}}, CERTIFICATE)

    command = "make pulumi ARGS='config set --secret --path secure-nginx:certificate.privateKey' < FILE"
    assert f"secure-nginx:certificate.privateKey: (not set) is required; run: {command}" in found


@pytest.mark.parametrize("path", ["certificate", "sites.web.certificate"])
@pytest.mark.parametrize("kept", [True, False])
def test_a_key_that_is_kept_for_another_source_can_be_taken_out(path: str, kept: bool) -> None:
    certificate = {"certificate": {"source": "existing", "secretName": "a", "publicTrust": True, "privateKey": HIDDEN}}
    values = certificate if path == "certificate" else {"sites": {"web": certificate}}

    found = complaints({**MINIMAL, "hostNames": ["a.b"], **values}, *([CERTIFICATE, SITES] if kept else []))

    place, shown = f"secure-nginx:{path}.privateKey", "[secret]" if kept else "[not shown]"
    command = f", or take out the key, which is kept as a secret: make pulumi ARGS='config rm --path {place}'"
    goes = f"{place}: '{shown}' goes with source provided; set source, which is existing here"
    assert [each for each in found if each.startswith(place)] == [goes + (command if kept else "")]


@pytest.mark.parametrize(
    "values",
    [
        {"certificate": {"source": "provided", "private_key": "KEY"}},
        {"certificate": {"source": "generated", "privateKey": "KEY"}},
        {"certificate": {"source": "provided", "privateKey": ["KEY"]}},
        {"certificate": "KEY"},
        {"certificate": {"source": "KEY"}},
        {"sites": {"web": "KEY"}},
        {"sites": {"web": ["KEY"]}},
        {"sites": {"web": {"certificate": {"key": {"KEY": "KEY"}}}}},
        {"service": {"KEY": 1}},
        {"replica": "KEY"},
        {"kubernetes:token": "KEY"},
        {"hostNames": [{"key": "KEY"}]},
        {"context": "KEY", "pinnedContext": "lab"},
    ],
    ids=str,
)
@pytest.mark.parametrize("lines", [True, False], ids=["in lines", "in one line"])
def test_a_key_in_the_wrong_place_is_not_shown(provided: dict[str, str], values: dict[str, Any], lines: bool) -> None:
    key = provided["privateKey"].strip()
    text = json.dumps(values).replace("KEY", json.dumps(key if lines else key.replace("\n", " "))[1:-1])

    found = complaints({**MINIMAL, **json.loads(text)})

    assert found
    assert "PRIVATE" not in repr(found)
    assert key.splitlines()[1] not in repr(found)


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ({"kubeConfig": f"token: {HIDDEN}"}, "secure-nginx:kubeConfig: '[not shown]' is not a known key; did you mean"),
        ({"kubeconifg": f"token: {HIDDEN}"}, "secure-nginx:kubeconifg: '[not shown]' is not a known key; did you mean"),
        ({"kubernetes:kubeconfig": HIDDEN}, "kubernetes:kubeconfig: '[not shown]' has no effect in this project; "),
        ({"certificate": {"private-key": HIDDEN}}, "secure-nginx:certificate.private-key: '[not shown]' is not "),
        ({"certificate": {"private.key": [HIDDEN]}}, "secure-nginx:certificate.private.key: '[not shown]' is not "),
        (
            {"certificate": {"source": "provided", "privateKey": [HIDDEN]}},
            "secure-nginx:certificate.privateKey: '[not shown]' must be text",
        ),
        (
            {"tls": {"privatKey": HIDDEN, "config": f"users:\n- token: {HIDDEN}\n"}},
            "secure-nginx:tls: {'privatKey': '[not shown]', 'config': '[text of 2 lines]'} is not a known key; ",
        ),
        (
            {"service": {"tls": {"privatKey": HIDDEN, "names": ["a"], "days": 3}}},
            "secure-nginx:service.tls: {'privatKey': '[not shown]', 'names': ['a'], 'days': 3} is not a known key; ",
        ),
        ({"name": "a\nb"}, "secure-nginx:name: '[text of 2 lines]' must be "),
        ({"name": "a\n"}, "secure-nginx:name: '[text of 1 line]' must be "),
    ],
    ids=[
        "spelled",
        "mistyped",
        "another package",
        "a dash",
        "a dot",
        "a list",
        "among others",
        "beside others",
        "lines",
        "a line",
    ],
)
def test_what_resembles_a_secret_is_not_shown(values: dict[str, Any], shown: str) -> None:
    found = complaints({**MINIMAL, **values})

    assert [complaint for complaint in found if complaint.startswith(shown)], found
    assert HIDDEN not in repr(found)


@pytest.mark.parametrize("key", ["nginx", "content", "hostNames", "certificate", "sites"])
def test_a_secret_that_would_not_be_kept_as_one_is_refused(key: str) -> None:
    value = {
        "nginx": {"serverSnippet": f"add_header x {HIDDEN};"},
        "content": {"source": "inline", "files": {"index.html": HIDDEN}},
        "hostNames": [f"{HIDDEN}.example"],
        "certificate": {"source": "generated", "organization": HIDDEN},
        "sites": {"web": {"hostNames": [f"{HIDDEN}.example"]}, "other": {"certificate": {"source": "generated"}}},
    }
    full = f"secure-nginx:{key}"

    found = complaints({**MINIMAL, key: value[key]}, full)

    assert HIDDEN not in repr(found)
    assert found[0] == (
        f"{full}: '[secret]' is a secret that state, previews and comments would show in plain text; take it out (such "
        f"as by make pulumi ARGS='config rm {full}'), and write it into the stack's file in plain text, or keep what "
        "is secret elsewhere, as in a Secret of the cluster"
    )


def test_a_path_that_is_kept_as_a_secret_stays_one() -> None:
    assert load({**MINIMAL, "kubeconfig": "/home/me/.kube/config"}, KUBECONFIG).stack.kubeconfig


@pytest.mark.parametrize(
    ("key", "path"), [("certificate", "certificate.privateKey"), ("sites", "sites.web.certificate.privateKey")]
)
def test_a_key_in_plain_text_is_refused_and_not_shown(provided: dict[str, str], key: str, path: str) -> None:
    own: dict[str, Any] = {"certificate": provided} if key == "certificate" else {}
    sites: dict[str, Any] = {"web": {} if own else {"certificate": provided}}
    values = {**MINIMAL, "hostNames": ["www.example.com"], **own, "sites": sites}

    assert complaints(values) == [
        f"secure-nginx:{path}: '[plain text]' must be a secret; take it out and run: "
        f"make pulumi ARGS='config set --secret --path secure-nginx:{path}' < FILE"
    ]
    assert load(values, f"secure-nginx:{key}").sites["web"].certificate.kind == "provided"


def test_pulumi_says_what_is_a_secret(
    provided: dict[str, str], deploy: Deploy, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = as_raw({**MINIMAL, "hostNames": ["www.example.com"], "certificate": provided})

    monkeypatch.setenv("PULUMI_CONFIG_SECRET_KEYS", "[]")
    with pytest.raises(pulumi.RunError, match=r"certificate\.privateKey: '\[plain text\]' must be a secret"):
        deploy(run_program, raw)
    monkeypatch.setenv("PULUMI_CONFIG_SECRET_KEYS", json.dumps([CERTIFICATE]))
    assert deploy(run_program, raw).one("Secret").inputs["type"] == "kubernetes.io/tls"


@pytest.mark.parametrize(
    "text",
    [
        "apiVersion: v1\nusers: [token]\n",
        '{"apiVersion": "v1", "users": ["token"]}',
        ' {"apiVersion": "v1", "users": ["token"]}',
    ],
)
def test_the_text_of_a_kubeconfig_must_be_a_secret(text: str) -> None:
    (complaint,) = complaints({**MINIMAL, "kubeconfig": text})

    assert complaint.startswith("secure-nginx:kubeconfig: '[plain text]' must be a secret")
    assert "token" not in complaint
    assert load({**MINIMAL, "kubeconfig": text}, KUBECONFIG).stack.kubeconfig == text


def test_the_path_of_a_kubeconfig_need_not_be_a_secret() -> None:
    assert load({**MINIMAL, "kubeconfig": "/home/me/.kube/config"}).stack.kubeconfig


def test_the_remedy_is_about_the_stack_that_needs_it(deploy: Deploy) -> None:
    command = "make pulumi STACK=test ARGS='config set --secret --path secure-nginx:kubeconfig' < FILE"
    raw = as_raw({**MINIMAL, "kubeconfig": "{}"})

    with pytest.raises(pulumi.RunError) as caught:
        deploy(run_program, raw)
    assert str(caught.value).endswith(command)
    with pytest.raises(ValueError, match="make pulumi STACK=test ARGS="):
        settings.load(raw, stack_name="test")
    with pytest.raises(ValueError, match="make pulumi KUBE_CONTEXT=mine ARGS="):
        settings.load(raw, variables={"KUBE_CONTEXT": "mine"})


def test_a_remedy_that_repeats_a_key_does_not_show_it(provided: dict[str, str]) -> None:
    secrets = Secrets(known=frozenset({"service"}), keys=frozenset(), stack_name="dev", context="")
    problem = Problem(field="service", value=1, remedy=f"is not a known key; did you mean {provided['privateKey']!r}?")

    assert "PRIVATE" not in secrets.hidden(problem).remedy


@pytest.mark.parametrize(
    ("path", "shows"),
    [
        ("certificate.private_key", False),
        ("certificate.private_key.0", False),
        ("sites.shop.certificate.privatKey", False),
        ("sites.kubeConfig.name", False),
        ("certificate.keyAlgorithm", True),
        ("name", True),
    ],
)
def test_nothing_is_shown_at_the_place_of_a_secret_or_at_one_that_is_mistyped(path: str, shows: bool) -> None:
    assert shown_at(path, HIDDEN) == (HIDDEN if shows else "[not shown]")
