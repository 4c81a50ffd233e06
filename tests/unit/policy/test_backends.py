"""Backends that nginx speaks TLS to: it verifies them, or they are named, but for what is secret."""

import pytest

from policy.resource import Resource
from tests.unit.policy import objects
from tests.unit.policy.objects import b64, config_map, messages

UNVERIFIED = "passes requests to https://b, whose certificate nginx does not verify"


@pytest.mark.parametrize(
    ("configuration", "found"),
    [
        ("http { server { location / { proxy_pass https://b; } } }", [UNVERIFIED]),
        ("http { proxy_ssl_verify on; server { location / { proxy_pass https://b; proxy_ssl_verify 'off'; } } }",
         [UNVERIFIED]),
        ("http { grpc_ssl_verify on; server { location / { proxy_pass https://b; } } }", [UNVERIFIED]),
        ("http { proxy_ssl_verify on; server { location / { proxy_pass https://b; } } }", []),
        ("http { proxy_ssl_verify On; server { location / { proxy_pass https://b; } } }", []),
        ("http { server { location / { proxy_pass https://b; } proxy_ssl_verify on; } }", []),
        ("http { server { location / { proxy_pass http://b; } } }", []),
    ],
)  # fmt: skip
def test_nginx_verifies_whom_it_passes_requests_to(configuration: str, found: list[str]) -> None:
    assert messages(config_map(**{"nginx.conf": configuration}), "verified-tls") == [
        f"data.nginx.conf {each}" for each in found
    ]


@pytest.mark.parametrize(
    ("passing", "address"),
    [
        ("location / { proxy_pass $scheme://b; }", "$scheme://b"),
        ("location / { set $u https://b; proxy_pass $u; }", "$u"),
        ("location / { proxy_pass http$s://b; }", "http$s://b"),
        ("location / { proxy_pass HTTPS://$host; }", "HTTPS://$host"),
        ("location / { grpc_pass $b; }", "$b"),
        ("set $u http://b; set $u https://b; location / { proxy_pass ${u}/a; }", "${u}/a"),
        ("location / { set $u $scheme://b; proxy_pass $u; }", "$u"),
        ("location / { set $u http://b; proxy_pass $u; }", None),
        ("set $u http://b; location / { proxy_pass $u$request_uri; }", None),
        ("location / { proxy_pass http://$host; }", None),
        ("location / { grpc_pass b$number:50051; }", None),
        ("location / { uwsgi_pass unix:/tmp/$host.sock; }", None),
    ],
)
def test_what_a_variable_holds_may_be_an_address_of_tls(passing: str, address: str | None) -> None:
    kind = "grpc" if "grpc" in passing else "proxy"
    found = messages(config_map(**{"nginx.conf": f"http {{ server {{ {passing} }} }}"}), "verified-tls")
    verified = f"http {{ {kind}_ssl_verify on; server {{ {passing} }} }}"

    problem = f"data.nginx.conf passes requests to {address}, whose certificate nginx does not verify"
    assert found == ([problem] if address else [])
    assert messages(config_map(**{"nginx.conf": verified}), "verified-tls") == []


@pytest.mark.parametrize(("address", "found"), [("http://b", 0), ("https://b", 1)])
def test_what_a_map_says_of_a_variable_is_what_it_holds(address: str, found: int) -> None:
    mapped = f"map $uri $up {{ default http://a; /x {address}; }}"
    configuration = f"http {{ {mapped} server {{ listen 8443 ssl; location / {{ proxy_pass $up; }} }} }}"

    assert len(messages(config_map(**{"nginx.conf": configuration}), "verified-tls")) == found


@pytest.mark.parametrize(
    ("stream", "verified"),
    [
        ("server { listen 8443 ssl; proxy_ssl on; proxy_pass db:5432; }", False),
        ("proxy_ssl on; server { listen 8443 ssl; proxy_pass db:5432; }", False),
        ("server { listen 8443 ssl; proxy_ssl on; proxy_ssl_verify on; proxy_pass db:5432; }", True),
        ("proxy_ssl on; server { listen 8443 ssl; proxy_ssl off; proxy_pass db:5432; }", True),
        # The client's TLS is passed on as it is.
        ("server { listen 8443 ssl; proxy_pass $ssl_preread_server_name:443; }", True),
    ],
)
def test_a_stream_speaks_tls_where_it_is_told_to(stream: str, verified: bool) -> None:
    problem = "passes requests to db:5432, whose certificate nginx does not verify"

    assert messages(config_map(**{"nginx.conf": f"stream {{ {stream} }}"}), "verified-tls") == (
        [] if verified else [f"data.nginx.conf {problem}"]
    )


def test_a_part_of_a_stream_in_a_file_of_its_own_is_known_by_its_switch() -> None:
    part = "server { listen 8443 ssl; proxy_ssl on; proxy_pass db:5432; }"

    assert len(messages(config_map(**{"db.conf": part}), "verified-tls")) == 1


@pytest.mark.parametrize("kind", [objects.SECRET, f"{objects.SECRET}Patch"], ids=["whole", "patch"])
def test_a_backend_in_a_secret_is_not_told(kind: str) -> None:
    text = "http { server { location / { proxy_pass https://user:S3CR3T@b; } } }"
    secret = Resource(type=kind, inputs={"stringData": {"a": text}, "data": {"b": b64(text)}})

    problem = "passes requests to a backend, whose certificate nginx does not verify"
    assert messages(secret, "verified-tls") == [f"stringData.a {problem}", f"data.b {problem}"]


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://user:S3CR3T@b", "https://[not shown]@b"),
        ("https://S3@CR3T#?@b/a@c", "https://[not shown]@b/a@c"),
        ("$scheme://$user:S3CR3T@b", "$scheme://[not shown]@b"),
        ("https://b/a@c", "https://b/a@c"),
    ],
    ids=["password", "signs", "variables", "path"],
)
def test_who_a_backend_takes_nginx_for_is_not_told(address: str, shown: str) -> None:
    configuration = f"http {{ server {{ location / {{ proxy_pass {address}; }} }} }}"

    assert messages(config_map(**{"nginx.conf": configuration}), "verified-tls") == [
        f"data.nginx.conf passes requests to {shown}, whose certificate nginx does not verify"
    ]


def test_who_a_backend_of_a_stream_takes_nginx_for_is_not_told() -> None:
    text = "stream { server { listen 8443 ssl; proxy_ssl on; proxy_pass user:S3CR3T@db:5432; } }"

    (problem,) = messages(config_map(**{"nginx.conf": text}), "verified-tls")
    assert problem.startswith("data.nginx.conf passes requests to [not shown]@db:5432, ")
