"""The rendered nginx.conf."""

import dataclasses
import re
from typing import Any

import pytest

from components import NginxOptions
from components._nginx_conf import NginxConf, render
from components._nginx_syntax import structural_error


def conf(**changes: Any) -> str:
    fields = {each.name for each in dataclasses.fields(NginxOptions)}
    options = {key: value for key, value in changes.items() if key in fields}
    others = {key: value for key, value in changes.items() if key not in fields}
    return render(
        NginxConf(
            **{
                "options": NginxOptions(**options),
                "workers": 1,
                "certificate_renewed_in_place": False,
                "public_https_port": 443,
                **others,
            }
        )
    )


VARIANTS: list[dict[str, Any]] = [
    {},
    {"tls_profile": "modern"},
    {"http": "off"},
    {"http": "serve"},
    {"ipv6": False, "http": "serve"},
    {"certificate_renewed_in_place": True},
    {"certificate_renewed_in_place": True, "version": "1.25.1"},
    {"content_of_others": True},
    {"main_snippet": "worker_priority 1;", "http_snippet": "gzip on;", "server_snippet": "a b;"},
]


@pytest.mark.parametrize("changes", VARIANTS)
def test_every_variant_is_sound(changes: dict[str, Any]) -> None:
    assert structural_error(conf(**changes)) is None


@pytest.mark.parametrize("changes", VARIANTS)
def test_nothing_is_written_outside_tmp(changes: dict[str, Any]) -> None:
    text = conf(**changes)

    written = re.findall(r"^\s*(?:pid|\w+_temp_path) (\S+);", text, re.MULTILINE)
    assert len(written) == 6
    assert all(path.startswith("/tmp/") for path in written)


@pytest.mark.parametrize(
    ("profile", "protocols", "ciphers"),
    [("modern", "TLSv1.3", 0), ("intermediate", "TLSv1.2 TLSv1.3", 6)],
)
def test_profiles_are_mozillas(profile: str, protocols: str, ciphers: int) -> None:
    text = conf(tls_profile=profile)

    assert f"ssl_protocols {protocols};" in text
    assert text.count("ECDHE-") == ciphers
    assert "ssl_prefer_server_ciphers off;" in text


def test_groups_are_the_librarys_unless_given() -> None:
    assert "ssl_ecdh_curve" not in conf()
    assert "ssl_ecdh_curve X25519:prime256v1;" in conf(ecdh_curves=("X25519", "prime256v1"))


def test_http_can_be_off() -> None:
    assert "8080" not in conf(http="off")


@pytest.mark.parametrize(("port", "shown"), [(443, ""), (8443, ":8443")])
def test_http_redirects_to_the_port_that_clients_use(port: int, shown: str) -> None:
    text = conf(public_https_port=port)

    assert f"return 308 https://$host{shown}$request_uri;" in text


def test_a_folder_without_its_slash_redirects_to_a_path_and_not_to_the_pods_own_port() -> None:
    assert conf().count("absolute_redirect off;") == 1
    assert conf().index("absolute_redirect off;") < conf().index("server {")


@pytest.mark.parametrize("http", ["off", "redirect", "serve"])
def test_nginx_listens_on_ipv6_unless_nodes_have_none(http: str) -> None:
    listens = re.findall(r"listen (.*)(?:8443|8080) ", conf(http=http))

    assert listens == ["", "[::]:"] * (1 if http == "off" else 2)
    assert "[::]" not in conf(http=http, ipv6=False)
    assert re.findall(r"listen (.*)(?:8443|8080) ", conf(http=http, ipv6=False)) == listens[::2]


def test_http_can_serve_the_same_files() -> None:
    assert conf(http="serve").count("root /srv/www;") == 2
    assert "return 308" not in conf(http="serve")


@pytest.mark.parametrize("http", ["redirect", "serve"])
@pytest.mark.parametrize(("seconds", "count"), [(0, 0), (60, 1)])
def test_strict_transport_security_can_be_left_out(http: str, seconds: int, count: int) -> None:
    assert conf(http=http, hsts_seconds=seconds).count("Strict-Transport-Security") == count


def test_http_that_serves_has_the_headers_of_https_but_the_one_that_speaks_of_https() -> None:
    https, http = (re.findall("add_header .*", server) for server in conf(http="serve").split("server {")[1:])

    assert len(http) == 3
    assert [each for each in https if "Strict-Transport-Security" not in each] == http


def test_health_is_answered_over_tls_and_not_logged() -> None:
    text = conf(http="serve")

    for path in ("/livez", "/readyz"):
        (location,) = re.findall(rf"location = {path} {{(.*?)}}", text, re.DOTALL)
        assert "access_log off;" in location
        assert text.index(f"location = {path} ") < text.index("listen 8080")


@pytest.mark.parametrize("http", ["off", "redirect", "serve"])
def test_no_server_follows_links_among_files_that_others_put_there(http: str) -> None:
    text = conf(http=http, content_of_others=True)

    assert text.count("disable_symlinks on from=/srv/www;") == 1
    assert text.index("disable_symlinks") < text.index("server {"), "it counts for all of them"


def test_links_are_followed_where_a_config_map_is_mounted() -> None:
    assert "disable_symlinks" not in conf(http="serve")


def test_a_certificate_that_others_renew_is_read_again() -> None:
    text = conf(certificate_renewed_in_place=True)

    assert "ssl_certificate $certificate_file;" in text
    assert "ssl_certificate_cache max=4 inactive=60s valid=10s;" in text


@pytest.mark.parametrize(("version", "has"), [("1.25.1", False), ("1.27.3", False), ("1.27.4", True), ("1.30.6", True)])
def test_what_an_older_nginx_lacks_is_left_out(version: str, has: bool) -> None:
    text, newest = (conf(version=each, certificate_renewed_in_place=True) for each in (version, "1.30.6"))

    lacking = re.findall(r"\n *(?:keepalive_min_timeout|ssl_certificate_cache) [^;]+;", newest)
    assert len(lacking) == 2
    assert text == (newest if has else newest.replace(lacking[0], "").replace(lacking[1], ""))


def test_a_certificate_of_our_own_is_read_at_start() -> None:
    assert "ssl_certificate_cache" not in conf()


def test_a_whole_configuration_replaces_the_rendered_one() -> None:
    assert conf(configuration="daemon off;") == "daemon off;"


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", None),
        ("a b;", None),
        ("a { b c; }", None),
        ('a "x;y{";  # comment }', None),
        ("map $a $b { default ${c}d; }", None),
        ("a b", "does not end with ';' or '}'"),
        ("a { b c; ", "does not close a block that it opens"),
        ("a b; }", "closes a block that it did not open in line 1"),
        ("a;\n{ b c }", "has a stray '{' in line 2"),
        ("a {\n b c }", "lacks a ';' before the '}' in line 2"),
        ("a;;", "has a stray ';' in line 1"),
        ('a "b;', "has a quote that does not end in line 1"),
        # Inside a word, a quote, a `}` and a `#` are text; `{` is behind a `$`.
        ("a it's;", None),
        ("a b}#c;", None),
        ("map $a $b { default x; ~*^/a} y; }", None),
        ("a ${{b;", None),
        ("a $${b;", None),
        ("a $b{ c; }", None),
        ('a b"};"c;', "has a quote that does not end in line 1"),
        ("a}", "does not end with ';' or '}'"),
        ("a b;\u2028", "does not end with ';' or '}'"),
        # A backslash takes the next character with it.
        ("a \\;b;", None),
        ('a \\"b;', None),
        ('a "\\"};b";', None),
        ("a b;\\", "does not end with ';' or '}'"),
        # Behind a word in quotes nginx takes little.
        ('a "b";', None),
        ('a ("b"){ c; }', None),
        ("if ($a = 'b'){ c; }", None),
        ("a\n'b'c;", "lacks a space or ';' after a quoted word in line 2"),
        ('a {\n"b"}', "lacks a space or ';' after a quoted word in line 2"),
        ('a "b"', "does not end with ';' or '}'"),
        ("}{", "closes a block that it did not open in line 1"),
    ],
)
def test_structure_is_checked(text: str, error: str | None) -> None:
    assert structural_error(text) == error
