"""What stands in nginx.conf beside snippets, and in which of them what nginx takes only once."""

import re
from typing import Any

import pytest

from components import NginxOptions
from components._nginx_syntax import structural_error
from tests.unit.test_nginx_conf import conf
from tests.unit.test_settings import MINIMAL, complaints

# What may stand in a block more than once: nginx adds it up, the last one counts, or each has another name.
REPEATABLE = {
    "access_log", "add_header", "error_log", "include", "index", "map", "server", "server_name", "ssl_certificate",
    "ssl_certificate_key", "ssl_protocols", "ssl_session_cache",
}  # fmt: skip


def problems(**options: Any) -> list[str]:
    return [str(each) for each in NginxOptions(**options).problems()]


def test_snippets_stand_in_their_blocks() -> None:
    text = conf(main_snippet="main on;", http_snippet="http on;", server_snippet="server on;")

    main, http, https, plain = re.split(r"^ *(?:http|server) \{$", text, flags=re.MULTILINE)
    assert main.startswith("main on;\n\ndaemon off;\n")
    assert http.endswith("\n\nhttp on;\n\n")
    assert https.endswith("\n\nserver on;\n    }\n\n")
    assert not re.search("(main|http|server) on;", plain)


@pytest.mark.parametrize("block", ["main", "http", "server"])
@pytest.mark.parametrize(
    "snippet",
    [
        'return 200 "one\n  two\n\nthree\n";',
        'return 200 "one\ftwo\u2028three\x85four\vfive\x1csix\r\nseven";',
        "  return 200 'one';  # and a comment",
        "\treturn 200;\r\n\treturn 201;",
    ],
)
def test_snippets_are_not_altered(block: str, snippet: str) -> None:
    for text in (snippet, f"{snippet}\n", f"\n\n{snippet}\n"):
        rendered = conf(**{f"{block}_snippet": text})

        assert f"\n\n{snippet}\n" in f"\n\n{rendered}"
        assert structural_error(rendered) is None


@pytest.mark.parametrize("block", ["main", "http", "server"])
def test_a_snippet_of_blanks_is_none(block: str) -> None:
    assert conf(**{f"{block}_snippet": " \f\n\t\n"}) == conf()


@pytest.mark.parametrize(
    "snippet",
    [
        "location / { return 204; }",
        "location ^~ / { return 204; }",
        "location ^~/ { return 204; }",
        "'location' \"/\"{ return 204; }",
        "gzip on; # location /a {\nlocation # all\n/ { if ($arg_a) { return 204; } }",
        'location /a { return 200 "}"; }\nlocation / { return 204; }',
    ],
)
def test_a_snippet_may_answer_for_every_path(snippet: str) -> None:
    text = conf(server_snippet=snippet)

    assert problems(server_snippet=snippet) == []
    assert "try_files" not in text
    assert "        root /srv/www;\n        index index.html;\n\n" in text
    assert conf(server_snippet=snippet, http="serve").count("location / {\n            try_files") == 1


@pytest.mark.parametrize(
    "snippet",
    [
        "location = / { return 204; }",
        "location =/ { return 204; }",
        "location ~ / { return 204; }",
        "location /a { return 204; }",
        "location @a { return 204; }",
        "location /a { location /a/ { return 204; } }",
        "# location / { return 204; }",
        "add_header x it's; # location / '\nlocation /a { return 204; }",
        "#\nreturn 200 'location / { return 204; }';",
        'return 200 "a\\";\nlocation / {\n}";',
        'location "\\"/" { return 204; }',
    ],
)
def test_what_is_not_every_path_stands_beside_the_content(snippet: str) -> None:
    assert problems(server_snippet=snippet) == []
    assert conf(server_snippet=snippet).count("try_files") == 1


def once() -> list[tuple[str, str]]:
    """Everything that nginx.conf has and nginx takes once, each as a snippet, and the block that it is in."""
    text = conf(http="off", ecdh_curves=("X25519",), certificate_renewed_in_place=True, content_of_others=True)
    http, server = text.index("http {"), text.index("    server {")
    depths = {"main": (0, text), "http": (4, text[http:server]), "server": (8, text[server:])}
    found = [
        (block, line + (" }" if line.endswith("{") else "" if line.endswith((";", "}")) else ";"))
        for block, (depth, part) in depths.items()
        for line in re.findall(rf"^ {{{depth}}}(\w.*)$", part, re.MULTILINE)
    ]
    return [(block, line) for block, line in found if line.split()[0] not in REPEATABLE and line != "location / { }"]


@pytest.mark.parametrize(("block", "directive"), once())
def test_what_nginx_takes_once_is_refused_in_the_snippet_of_its_block(block: str, directive: str) -> None:
    (problem,) = problems(ecdh_curves=("X25519",), **{f"{block}_snippet": f"gzip on;\n{directive}"})

    assert problem.startswith(f"{block}_snippet: '{directive.split(maxsplit=1)[0].rstrip(';')}")
    assert " is in nginx.conf already, and nginx takes it once; " in problem


def test_what_sets_the_workers_is_named_as_arguments_and_as_settings_call_it() -> None:
    snippet = "worker_processes 4;"

    (problem,) = problems(main_snippet=snippet)
    (complaint,) = complaints({**MINIMAL, "nginx": {"mainSnippet": snippet}})

    assert problem.endswith("; set cpu_limit of resources, or write a whole configuration")
    assert complaint.endswith("; set cpuLimit of resources, or write a whole configuration")


@pytest.mark.parametrize(
    "directive", ["add_header X-A b;", "http2 off;", "index a.html;", "root /srv;", "ssl_protocols TLSv1.3;"]
)
def test_what_nginx_would_take_without_doing_it_is_refused(directive: str) -> None:
    (problem,) = problems(http_snippet=f"gzip on;\n{directive}", http="off")

    assert problem.startswith(f"http_snippet: '{directive.split(maxsplit=1)[0]}' ")
    assert any(place in problem for place in ("server_snippet", "content", "a whole configuration"))


@pytest.mark.parametrize("block", ["http", "server"])
@pytest.mark.parametrize(
    ("directive", "option"),
    [
        ("access_log /dev/stdout access buffer=64k flush=5s;", "buffer=64k"),
        ("location /a { access_log /dev/stdout access gzip; }", "gzip"),
        ("location /a { access_log '/dev/stdout' access gzip=9 if=$a; }", "gzip=9"),
    ],
)
def test_a_file_has_one_buffer(block: str, directive: str, option: str) -> None:
    if block == "http":
        directive = f"server {{ {directive} }}"

    (problem,) = problems(**{f"{block}_snippet": directive})

    assert problem.startswith(f"{block}_snippet: 'access_log /dev/stdout access ")
    assert f"; take out {option} and flush, " in problem


def test_maps_may_be_given_a_size_before_the_first_one() -> None:
    text = conf(http_snippet="map_hash_bucket_size 128;", certificate_renewed_in_place=True)

    assert 0 < text.index("map_hash_bucket_size") < text.index("map $ssl_server_name $certificate_file")


@pytest.mark.parametrize("address", ["8443", "*:8443", "0.0.0.0:8443", "'[::]:8443'"])
def test_the_port_of_https_is_taken_whatever_it_is_called(address: str) -> None:
    (problem,) = problems(server_snippet=f"listen {address} ssl;")

    assert problem.startswith("server_snippet: 'listen ")


@pytest.mark.parametrize(
    ("block", "directive", "options"),
    [
        ("main", "worker_priority 1;", {}),
        ("main", "stream { server { listen 9443; } }", {}),
        ("main", "# daemon off;", {}),
        ("http", "log_format short $uri;", {}),
        ("http", "ssl_ecdh_curve X448;", {}),
        ("http", "ssl_ciphers HIGH;", {"tls_profile": "modern"}),
        ("http", "server { root /srv/www; keepalive_timeout 9s; }", {}),
        ("http", "server { add_header A b; root /srv/www; }", {}),
        ("http", "root /srv/www; server { listen 9080; }", {}),
        ("http", "add_header A b;", {"http": "redirect"}),
        ("server", "add_header A b;", {}),
        ("server", "ssl_protocols TLSv1.3;", {}),
        ("server", "keepalive_timeout 9s;", {}),
        ("server", "location /a { root /srv/www; }", {}),
        ("server", "location /livez { return 204; }", {}),
        ("server", "listen 9443 ssl;", {}),
        ("server", "listen 127.0.0.1:8443 ssl;", {}),
        ("server", "listen [::]:8443 ssl;", {"ipv6": False}),
        ("server", "index a.html;", {}),
        ("server", "access_log /dev/stdout access if=$a;", {}),
        ("server", "access_log /tmp/log access buffer=64k flush=5s;", {}),
    ],
)
def test_what_is_not_in_the_block_yet_is_accepted(block: str, directive: str, options: dict[str, Any]) -> None:
    assert problems(**{f"{block}_snippet": directive}, **options) == []


def test_a_directive_that_is_taken_is_said_with_what_sets_it() -> None:
    assert problems(main_snippet="worker_shutdown_timeout 5s;", http_snippet="keepalive_timeout 5s;") == [
        "main_snippet: 'worker_shutdown_timeout' is in nginx.conf already, and nginx takes it once; "
        "set shutdown_seconds, or write a whole configuration",
        "http_snippet: 'keepalive_timeout' is in nginx.conf already, and nginx takes it once; "
        "put it into server_snippet, or write a whole configuration",
    ]


def test_beside_a_whole_configuration_nothing_is_taken() -> None:
    said = problems(configuration="daemon off;", main_snippet="daemon off;")

    assert not [each for each in said if "already" in each]


def test_a_snippet_that_is_broken_is_not_read_on() -> None:
    (problem,) = problems(server_snippet="root /srv/www;\n}")

    assert "closes a block" in problem
