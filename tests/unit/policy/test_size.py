"""Files that are deep or long: they are read to their end, and in time."""

import pytest

from tests.unit.growth import is_linear
from tests.unit.policy.objects import config_map, messages

# More levels than Python's calls go.
LEVELS = 2000
PASSING = "proxy_pass https://b;"
UNVERIFIED = "passes requests to https://b, whose certificate nginx does not verify"
# Beginnings of what is looked for, none of them complete.
REPEATED = [
    "curl", "curl ", "curl '", 'curl "', "curl '\n", 'curl "\n', "curl '\n'a", 'curl "\n"a', "curl ''", 'curl " \n',
    "curl \\\n", "curl (", '"curl",', '"curl",\n', '"curl",\n"', '"curl", [', '"curl"', '","', '"curl",a', "', '",
    "echo ", "echo a ", "echo 'a' ", "echo a;", "echo a\n", "echo a; }", "echo a ; \n", "echo a\n}\n", "-", "-'", "-'k",
    " -s'", " ", "\n", "'", '"', "\\", "check-", "check_certificate", "verify", "verify'", "verify =", "strict_ssl ",
    "npm_config_", "ssl_verify\n", "PYTHONHTTPSVERIFY", "PYTHONHTTPSVERIFY\n=", "js_fetch_verify ", "a", "_", ",", "[",
    "@", "curl -", "curl -s", "http ", '"http",', "http --verify ", "http --verify=", "tls_", "tls_skip_verify",
    "tls.verify ", "tls.verify\n", "ssl_", "verification_mode", "verification_mode =", "TLS_REQCERT ", "TLS_REQCERT\n",
    "server ", "\nserver ", "server verify ", "CURLOPT_SSL_VERIFYPEER ", "CURLOPT_SSL_VERIFYPEER,", "=>",
    "verify_mode =>", "server{", "server{location{", "server{error_page 497 a;", "server{_pass ", "a{_pass;",
    "stream{proxy_pass a;", "server{proxy_ssl on;",
]  # fmt: skip


@pytest.mark.parametrize("unit", REPEATED, ids=repr)
@pytest.mark.parametrize("rule", ["verified-tls", "tls-only-ports"])
def test_a_file_of_eight_times_the_length_takes_about_eight_times_as_long(rule: str, unit: str) -> None:
    assert is_linear(lambda text: messages(config_map(a=text), rule), unit, longest=1 << 14)


@pytest.mark.parametrize(
    "script",
    ["a{b:1}" * LEVELS, "a {" * LEVELS, f"a_pass;{'a{b:1}' * LEVELS}", "server{proxy_pass:1}" * LEVELS],
    ids=["minified", "open", "passing", "server"],
)
def test_a_script_may_have_more_braces_than_python_has_calls(script: str) -> None:
    assert messages(config_map(**{"a.js": script}), "verified-tls") == []


@pytest.mark.parametrize(
    ("around", "found"),
    [("a {", [UNVERIFIED]), ("proxy_ssl_verify on; a {", []), ("stream { a {", [])],
    ids=["unverified", "verified", "stream"],
)
def test_a_backend_is_found_however_deep_it_is(around: str, found: list[str]) -> None:
    text = f"{around} {'a {' * LEVELS} {PASSING} {'}' * LEVELS} }}"

    assert messages(config_map(**{"nginx.conf": text}), "verified-tls") == [f"data.nginx.conf {each}" for each in found]


def test_the_value_of_a_variable_is_found_however_deep_it_is() -> None:
    text = f"{'a {' * LEVELS} set $u http://b; proxy_pass $u;"

    assert messages(config_map(**{"nginx.conf": text}), "verified-tls") == []


@pytest.mark.parametrize("directive", ["error_page 497 =200 /a;", ""], ids=["plain-on-tls", "plain"])
def test_a_server_is_found_however_deep_it_is(directive: str) -> None:
    server = "server { listen 8443 ssl; }" if directive else "server { listen 8443; }"
    text = f"{directive} {'a {' * LEVELS} {server} {'}' * LEVELS}"

    assert messages(config_map(**{"nginx.conf": text}), "tls-only-ports") == [
        "data.nginx.conf has a server that answers without TLS on 8443"
    ]


def test_a_location_of_a_server_is_found_however_deep_it_is() -> None:
    redirect = "return 308 https://$host$request_uri;"
    text = f"server {{ location / {{ {redirect} {'a {' * LEVELS} location /a {{ root /srv; }}"

    assert messages(config_map(**{"nginx.conf": text}), "tls-only-ports") == [
        "data.nginx.conf has a server that answers without TLS on 80"
    ]


def test_a_server_in_another_is_judged_by_itself() -> None:
    text = "server { listen 8443 ssl; server { listen 9443 ssl; error_page 497 =200 /a; } }"

    assert messages(config_map(**{"nginx.conf": text}), "tls-only-ports") == [
        "data.nginx.conf has a server that answers without TLS on 9443"
    ]
