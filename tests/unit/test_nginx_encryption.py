"""What nginx lets travel in the clear is refused, in whatever form it is written."""

from collections.abc import Mapping

import pytest

from tests.unit.test_guard_rails import PRODUCTION, STAGING, complaints

BACKENDS = {
    "proxy_pass http://b": "location / { proxy_pass http://b; }",
    "proxy_pass http://c": 'location / { proxy_pass "http://c"; }',
    "proxy_pass http://d": "location / { proxy_pass 'http://d'; }",
    "proxy_pass HTTP://b": "location / { proxy_pass HTTP://b; }",
    "proxy_pass http://e": "location / { proxy_pass # to the shop;\n http://e; }",
    "proxy_pass $u": "location / { set $u http://b; proxy_pass $u; }",
    "proxy_pass ${u}b": "location / { set $u http://; proxy_pass ${u}b; }",
    "grpc_pass b:50051": "location / { grpc_pass b:50051; }",
    "grpc_pass grpc://b": "location / { grpc_pass grpc://b; }",
    "fastcgi_pass b:9000": "location / { fastcgi_pass b:9000; }",
    "uwsgi_pass uwsgi://b": "location / { uwsgi_pass uwsgi://b; }",
    "scgi_pass b:9000": "location / { scgi_pass b:9000; }",
    "proxy_pass http://f": "location / { 'proxy_pass' http://f; }",
    "proxy_pass http://g": "add_header x it's; location / { proxy_pass http://g; }",
}


@pytest.mark.parametrize("found", BACKENDS)
def test_a_backend_in_the_clear_is_refused_however_it_is_written(found: str) -> None:
    (complaint,) = complaints({**PRODUCTION, "nginx": {"serverSnippet": BACKENDS[found]}})

    assert complaint.startswith(f"nginx.serverSnippet: '{found}' is not allowed in this environment; speak TLS")
    assert "write its address there" in complaint


UNVERIFIED = {
    "proxy_pass https://a": "location / { proxy_pass https://a; }",
    "proxy_pass https://b": "location / { proxy_pass https://b; proxy_ssl_verify off; }",
    "proxy_pass https://c": 'location / { proxy_pass https://c; proxy_ssl_verify "off"; }',
    "grpc_pass grpcs://d": "proxy_ssl_verify on; location / { grpc_pass grpcs://d; }",
    "uwsgi_pass suwsgi://e": "location / { uwsgi_pass suwsgi://e; }",
    "proxy_pass HTTPS://f": "location /a { proxy_ssl_verify on; } location /b { proxy_pass HTTPS://f; }",
    "proxy_pass https://g": "proxy_ssl_verify on; location / { proxy_ssl_verify off; if ($a) {proxy_pass https://g;} }",
}


@pytest.mark.parametrize("found", UNVERIFIED)
def test_a_backend_that_nginx_does_not_verify_is_refused(found: str) -> None:
    (complaint,) = complaints({**STAGING, "nginx": {"serverSnippet": UNVERIFIED[found]}})

    assert complaint.startswith(f"nginx.serverSnippet: '{found}' is not allowed in this environment; verify the back")
    assert f"'{found.partition('_')[0]}_ssl_verify on;'" in complaint


@pytest.mark.parametrize(
    "snippets",
    [
        {"serverSnippet": "location / { proxy_pass https://b; proxy_ssl_verify on; }"},
        {"serverSnippet": "location / { proxy_pass https://b; proxy_ssl_verify ON; }"},
        {"serverSnippet": "location / { if ($a) { proxy_pass https://b; } } proxy_ssl_verify 'on';"},
        {"serverSnippet": "location / { grpc_pass grpcs://b; }", "httpSnippet": "grpc_ssl_verify on;"},
        {"httpSnippet": "proxy_ssl_verify on; server { location / { proxy_pass https://b; } }"},
    ],
)
def test_a_backend_that_nginx_verifies_in_this_block_or_one_around_it_is_fine(snippets: Mapping[str, str]) -> None:
    assert complaints({**STAGING, "nginx": snippets}) == []


def test_what_a_block_of_the_http_snippet_says_is_not_said_of_the_server() -> None:
    snippets = {
        "httpSnippet": "server { proxy_ssl_verify on; }", "serverSnippet": "location / { proxy_pass https://b; }"
    }  # fmt: skip

    assert len(complaints({**STAGING, "nginx": snippets})) == 1


@pytest.mark.parametrize(
    ("key", "snippet", "found"),
    [
        ("serverSnippet", "error_page 497 =200 /index.html;", "error_page 497 =200 /index.html"),
        ("serverSnippet", "error_page 404 0497 @plain;", "error_page 404 0497 @plain"),
        ("serverSnippet", "location / { error_page 497 http://$host/; }", "error_page 497 http://$host/"),
        ("httpSnippet", "error_page '497' $target;", "error_page 497 $target"),
    ],
)
def test_an_answer_to_plain_http_on_a_port_for_tls_is_refused(key: str, snippet: str, found: str) -> None:
    (complaint,) = complaints({**STAGING, "nginx": {key: snippet}})

    assert complaint.startswith(f"nginx.{key}: '{found}' is not allowed in this environment; send plain HTTP")
    assert complaint.endswith("to TLS: 'error_page 497 https://...'")


@pytest.mark.parametrize(
    "snippet",
    [
        "error_page 497 https://$host$request_uri;",
        "error_page 404 497 =308 https://www.example.com/;",
        "error_page 404 =200 /497;",
        "map $host $page { error_page 497; error_page; }",
    ],
)
def test_a_port_for_tls_may_send_plain_http_to_tls(snippet: str) -> None:
    assert complaints({**STAGING, "nginx": {"httpSnippet": snippet}}) == []


def test_a_backend_in_the_clear_is_refused_in_streams_too() -> None:
    (complaint,) = complaints({**PRODUCTION, "nginx": {"mainSnippet": "stream { server { proxy_pass b:80; } }"}})

    assert complaint.startswith("nginx.mainSnippet: 'proxy_pass b:80' ")


@pytest.mark.parametrize(
    "snippet",
    [
        "# proxy_pass http://old;",
        "location / { proxy_pass https://b; # once proxy_pass http://b;\n}",
        "location / { proxy_pass 'https://$host'; }",
        "location / { proxy_pass http://unix:/tmp/b.sock; }",
        "location / { fastcgi_pass unix:/tmp/b.sock; }",
        "location / { grpc_pass grpc://unix:/tmp/b.sock; }",
        "location / { uwsgi_pass uwsgi://unix:/tmp/b.sock; }",
        "location / { grpc_pass grpcs://b; }",
        "location / { uwsgi_pass suwsgi://b; }",
        "location ~ proxy_pass { return 404; }",
        "add_header x 'a; proxy_pass http://b;';",
        "proxy_pass_header Server;",
        "location / { proxy_pass_request_body off; }",
        ";\\",
    ],
)
def test_what_is_spoken_to_by_tls_or_to_nobody_is_no_backend_in_the_clear(snippet: str) -> None:
    found = complaints({**PRODUCTION, "nginx": {"serverSnippet": snippet}})

    assert not [complaint for complaint in found if "speak TLS" in complaint]
