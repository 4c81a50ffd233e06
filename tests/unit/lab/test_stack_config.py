"""Configuration files of stacks: what is wrong with one, and what the lab adds."""

from pathlib import Path
from typing import Any

import pytest

from lab import paths, stack_config
from lab.errors import LabError

NODES = ["10.89.0.11", "10.89.0.12"]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("environment", "secure-nginx:environment"),
        ("secure-nginx:environment", "secure-nginx:environment"),
        ("secure-nginx:config:environment", "secure-nginx:environment"),
        ("pulumi:disable-default-providers", "pulumi:disable-default-providers"),
        ("pulumi:config:disable-default-providers", "pulumi:disable-default-providers"),
        ("1", "secure-nginx:1"),
    ],
)
def test_keys_are_those_that_pulumi_makes_of_what_is_written(tmp_path: Path, written: str, read: str) -> None:
    file = tmp_path / "Pulumi.test.yaml"
    file.write_text(f"config:\n  {written}: here\n")

    assert stack_config.load(file)["config"] == {read: "here"}


@pytest.mark.parametrize("other", ["secure-nginx:context", "secure-nginx:config:context"])
def test_a_key_in_two_spellings_is_refused(tmp_path: Path, other: str) -> None:
    file = tmp_path / "Pulumi.test.yaml"
    file.write_text(f"config:\n  context: here\n  {other}: there\n")

    with pytest.raises(
        LabError, match=f"Pulumi.test.yaml: `context` and `{other}` are one key.*take one of"
    ) as refused:
        stack_config.load(file)

    assert refused.value.code == 2


def test_the_project_says_what_stacks_are_that_do_not_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert stack_config.project_default("environment") == "development"
    assert stack_config.project_default("unheard-of") is None

    (tmp_path / "Pulumi.yaml").write_text("config: {environment: {type: string, default: production}}\n")
    monkeypatch.setattr(paths, "REPOSITORY", tmp_path)

    assert stack_config.project_default("environment") == "production"


def test_stacks_are_called_what_their_files_are(tmp_path: Path) -> None:
    for name in ("Pulumi.yaml", "Pulumi.shop.yaml", "Pulumi.shop.eu.yaml", "Pulumi.dev.yaml.before-rotation"):
        (tmp_path / name).touch()

    assert stack_config.names(tmp_path) == ["shop", "shop.eu"]


def test_secrets_are_named_as_pulumi_takes_them() -> None:
    secret = {"secure": "v1:x"}
    config = {
        "secure-nginx:replicas": 2,
        "secure-nginx:kubeconfig": secret,
        "secure-nginx:sites": {"web": {"certificate": {"source": "provided", "privateKey": secret}}},
    }

    assert list(stack_config.secret_keys(config)) == [
        "secure-nginx:kubeconfig",
        "secure-nginx:sites.web.certificate.privateKey",
    ]


def test_secrets_in_lists_are_named_too_and_a_site_called_secure_is_none() -> None:
    secret = {"secure": "v1:x"}
    config = {
        "secure-nginx:hostNames": ["a.example", secret, [secret]],
        "secure-nginx:sites": {"secure": {"a": secret}},
    }

    assert list(stack_config.secret_keys(config)) == [
        "secure-nginx:hostNames[1]",
        "secure-nginx:hostNames[2][0]",
        "secure-nginx:sites.secure.a",
    ]


def _refusal(config: dict[str, Any]) -> str:
    with pytest.raises(LabError) as refused:
        stack_config.require_secrets_in_place(config, lambda arguments: f"make pulumi ARGS='{arguments}'")
    assert refused.value.code == 2
    return str(refused.value)


KEY_IN_PLACE = {"source": "provided", "privateKey": {"secure": "v1:x"}}


@pytest.mark.parametrize(
    ("config", "place"),
    [
        (
            {"sites": {"a": {"certificate": KEY_IN_PLACE}, "b": {"nginx": {"serverSnippet": {"secure": "v1:y"}}}}},
            "sites.b.nginx.serverSnippet",
        ),
        ({"certificate": {**KEY_IN_PLACE, "ca": {"secure": "v1:y"}}}, "certificate.ca"),
        ({"certificate": {"secure": "v1:x"}}, "certificate"),
        ({"sites": {"a": {"certificate": {"deeper": KEY_IN_PLACE}}}}, "sites.a.certificate.deeper.privateKey"),
        ({"sites": {"certificate": {"privateKey": {"secure": "v1:x"}}}}, "sites.certificate.privateKey"),
        ({"kubeconfig": {"users": [{"secure": "v1:x"}]}}, "kubeconfig.users[0]"),
        ({"hostNames": [{"secure": "v1:x"}]}, "hostNames[0]"),
    ],
)
def test_a_secret_that_would_become_plain_text_is_refused(config: dict[str, Any], place: str) -> None:
    full = f"secure-nginx:{place}"

    assert _refusal({f"secure-nginx:{key}": value for key, value in config.items()}) == (
        "configuration: 1 problem(s)\n"
        f"  - {full}: '[secret]' is a secret that state, previews and comments would show in plain text; take it out "
        f"(such as by make pulumi ARGS='config rm --path {full}'), and write it into the stack's file in plain text, "
        "or keep what is secret elsewhere, as in a Secret of the cluster"
    )


@pytest.mark.parametrize("key", ["hunter2", ["hunter2"], {"insecure": "hunter2"}], ids=str)
def test_a_private_key_in_plain_text_is_refused_beside_a_secret_and_not_shown(key: Any) -> None:
    open_key = {"source": "provided", "privateKey": key}
    config = {
        "secure-nginx:certificate": open_key,
        "secure-nginx:sites": {"a": {"certificate": KEY_IN_PLACE}, "b": {"certificate": open_key}},
    }

    said = _refusal(config)

    places = ["secure-nginx:certificate.privateKey", "secure-nginx:sites.b.certificate.privateKey"]
    lines = [
        f"  - {place}: '[plain text]' must be a secret; take it out and run: "
        f"make pulumi ARGS='config set --secret --path {place}' < FILE"
        for place in places
    ]
    assert said.splitlines() == ["configuration: 2 problem(s)", *lines]


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"secure-nginx:kubeconfig": {"secure": "v1:x"}, "secure-nginx:certificate": KEY_IN_PLACE},
        {"secure-nginx:sites": {"a": {"certificate": KEY_IN_PLACE}, "secure": {"certificate": KEY_IN_PLACE}}},
        {"aws:secretKey": {"secure": "v1:x"}, "other:things": {"a": [{"secure": "v1:x"}]}},
        # What is missing or no object, the program says.
        {"secure-nginx:certificate": {"privateKey": ""}, "secure-nginx:sites": {"a": {"certificate": {}}, "b": None}},
        {"secure-nginx:certificate": "text", "secure-nginx:sites": ["a"]},
    ],
)
def test_secrets_in_their_places_are_left_to_the_program(config: dict[str, Any]) -> None:
    stack_config.require_secrets_in_place(config, str)


def test_the_project_has_the_name_that_its_file_says() -> None:
    assert stack_config.project() == "secure-nginx"


def test_an_empty_file_is_a_configuration(tmp_path: Path) -> None:
    file = tmp_path / "Pulumi.test.yaml"
    file.write_text("")

    assert stack_config.load(file) == {}


def test_the_lab_says_where_its_nodes_and_load_balancers_are() -> None:
    settings: dict[str, Any] = {
        "secure-nginx:service": {"type": "NodePort"},
        "secure-nginx:sites": {
            "web": {}, "own": {"service": {"type": "NodePort", "nodeAddresses": ["192.0.2.1"]}},
            "other": {"service": {"type": "NodePort"}}, "inside": {"service": {"type": "ClusterIP"}}, "wrong": 1,
        },
    }  # fmt: skip

    stack_config.point_at_lab(settings)

    assert settings["secure-nginx:service"]["nodeAddresses"] == NODES
    sites = settings["secure-nginx:sites"]
    assert sites["own"]["service"]["nodeAddresses"] == ["192.0.2.1"]
    assert sites["other"]["service"]["nodeAddresses"] == NODES
    assert sites["inside"] == {"service": {"type": "ClusterIP"}}
    here = settings["secure-nginx:outsideAddresses"]
    assert here["10.89.0.11"] == "127.89.0.11"
    assert here["10.89.0.215"] == "127.89.0.215"


@pytest.mark.parametrize("settings", [{}, {"secure-nginx:service": "x", "secure-nginx:sites": ["web"]}])
def test_what_is_no_object_is_left_to_the_program(settings: dict[str, Any]) -> None:
    before = dict(settings)

    stack_config.point_at_lab(settings)

    del settings["secure-nginx:outsideAddresses"]
    assert settings == before


def test_secrets_of_the_copy_are_kept_and_nothing_else_is() -> None:
    secret = {"secure": "v1:x"}
    old = {
        "secure-nginx:replicas": 2,
        "secure-nginx:kubeconfig": secret,
        "secure-nginx:certificate": {"source": "provided", "privateKey": secret},
        "secure-nginx:service": {"type": "NodePort"},
        "secure-nginx:image": {"deep": {"key": secret}},
    }
    new: dict[str, Any] = {
        "secure-nginx:certificate": {"source": "provided", "certificate": "PEM"},
        "secure-nginx:image": "nginx:1",
    }

    stack_config.keep_secrets(old, new)

    assert new == {
        "secure-nginx:kubeconfig": secret,
        "secure-nginx:certificate": {"source": "provided", "certificate": "PEM", "privateKey": secret},
        "secure-nginx:image": "nginx:1",
    }


@pytest.mark.parametrize("sites", [{"b": {}}, None])
def test_a_secret_does_not_bring_back_a_site_that_was_taken_out(sites: dict[str, Any] | None) -> None:
    key = {"certificate": {"privateKey": {"secure": "v1:x"}}}
    new: dict[str, Any] = {} if sites is None else {"secure-nginx:sites": sites}

    stack_config.keep_secrets({"secure-nginx:sites": {"a": key, "b": key}}, new)

    assert new == ({} if sites is None else {"secure-nginx:sites": {"b": key}})


def test_a_secret_that_the_file_has_now_is_the_files() -> None:
    new = {"secure-nginx:certificate": {"privateKey": {"secure": "v1:new"}}}

    stack_config.keep_secrets({"secure-nginx:certificate": {"privateKey": {"secure": "v1:old"}}}, new)

    assert new["secure-nginx:certificate"]["privateKey"] == {"secure": "v1:new"}
