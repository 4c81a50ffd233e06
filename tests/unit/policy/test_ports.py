"""Ports of Services and pods, and servers in nginx's configuration: TLS, or nothing but the way to it."""

from typing import Any

import pytest

from policy.resource import UNKNOWN, Resource
from tests.unit.policy import objects
from tests.unit.policy.objects import b64, config_map, messages, service

RULE = "tls-only-ports"
PLAIN = "server { listen 8080; root /srv; }"
REDIRECT = "return 308 https://$host$request_uri;"


def test_a_port_is_for_tls_or_leads_there() -> None:
    ports: list[dict[str, Any]] = [{"name": "https", "port": 443}, {"name": "http", "port": 80.0}]

    assert messages(service(ports=ports), RULE) == []
    assert messages(service(ports=[{"name": UNKNOWN, "port": 1}]), RULE) == []
    assert messages(service(ports=[*ports, {"name": "metrics", "port": 9090.0}]), RULE) == [
        "port 9090 of the Service is neither https nor http, but 'metrics'"
    ]
    assert messages(service(ports=[{"port": UNKNOWN}]), RULE) == [
        "port (known after the update) of the Service is neither https nor http, but None"
    ]


@pytest.mark.parametrize(
    ("port", "reached"),
    [
        ({"port": 443, "targetPort": "https"}, None),
        ({"port": 8080, "targetPort": "https"}, None),
        ({"port": 443, "targetPort": 8443.0}, None),
        ({"port": 443, "targetPort": UNKNOWN}, None),
        ({"port": UNKNOWN}, None),
        ({"port": 443, "targetPort": 8080.0}, "8080"),
        ({"port": 443, "targetPort": 80}, "80"),
        ({"port": 443, "targetPort": "http"}, "http"),
        ({"port": 8080}, "8080"),
    ],
)
def test_a_port_called_https_leads_to_no_plain_one(port: dict[str, Any], reached: str | None) -> None:
    found = messages(service(ports=[{"name": "https", **port}]), RULE)

    assert found == ([f"port {port['port']} of the Service is called https, but leads to {reached}"] if reached else [])


@pytest.mark.parametrize(("number", "is_plain"), [(8443, False), (UNKNOWN, False), (8080.0, True), (80, True)])
def test_a_pods_port_called_https_is_no_plain_one(number: object, is_plain: bool) -> None:
    ports = [{"name": "https", "containerPort": number}, {"name": "http", "containerPort": 8080}]
    found = messages(objects.deployment(objects.pod(container={"ports": ports})), RULE)

    assert found == ([f"container 'curl': port {number:g} is called https"] if is_plain else [])


@pytest.mark.parametrize(
    "configuration",
    [
        "http { server { listen 8443 ssl; location / { root /srv; } } }",
        "http { server { listen 8443 default_server ssl; } }",
        "http { server { listen 8443 quic reuseport; listen 8443 ssl; root /srv; } }",
        "http { server { listen unix:/tmp/s.sock; root /srv; } }",
        f"http {{ server {{ listen 8080; {REDIRECT} }} }}",
        'http { server { listen 8080; return 301 "https://shop.example/"; location / { root /srv; } } }',
        # By 302, as nginx takes an address alone.
        "http { server { listen 80; return https://$host$request_uri; } }",
        "http { server { listen 80; location / { return 'https://shop.example/'; } } }",
        "http { upstream a { server 10.0.0.1:8080; } }",
        f"http {{ server {{ listen 8080; server_tokens off; location / {{ {REDIRECT} }} }} }}",
        f"http {{ server {{ listen 80; location ^~ / {{ {REDIRECT} location /a {{ {REDIRECT} }} }} }} }}",
        f"http {{ server {{ listen 80; location / {{ {REDIRECT} }} location = /a {{ return 444; }} }} }}",
        "http { server { listen 80 default_server; return 444; } }",
        # Whom nobody outside of the pod reaches.
        "http { server { listen 127.0.0.1:8080; root /srv; } server { listen 127.1.2.3; root /srv; } }",
        "http { server { listen [::1]:8080; listen localhost:8081; listen localhost; root /srv; } }",
        # What is TLS already and is only passed on.
        "stream { server { listen 8443; ssl_preread on; proxy_pass $ssl_preread_server_name:443; } }",
        "stream { ssl_preread on; server { listen 8443; proxy_pass a; } }",
        "http { server { listen 80; rewrite ^ https://$host$request_uri? permanent; root /srv; } }",
        "http { server { listen 80; rewrite ^/(.*)$ https://a/$1; rewrite ^/a /b; location / { root /srv; } } }",
        "http { server { listen 80; location / { rewrite ^(.*)$ https://$host$1 redirect; } } }",
        "stream { server { listen 8443 ssl; proxy_pass a; } }",
        "# http { server { listen 8080; } }",
        "http { server { listen 8443 ssl; error_page 497 https://$host$request_uri; root /srv; } }",
        "http { error_page 404 497 =308 https://$host/; server { listen 8443 ssl; root /srv; } }",
        "http { server { listen 8443 ssl; error_page 404 =200 /index.html; error_page 500 497.html; root /srv; } }",
        f"http {{ error_page 497 =200 /a; server {{ listen 8080; {REDIRECT} }} }}",
        # Of its own, a server has these instead of those around it.
        "http { error_page 497 =200 /a; server { listen 8443 ssl; error_page 497 https://$host; root /srv; } }",
        "http { error_page 497 =200 /a; server { listen 8443 ssl; error_page 404 /404; root /srv; } }",
        "http { server { listen 8443 quic; listen unix:/tmp/s.sock ssl; error_page 497 =200 /a; root /srv; } }",
    ],
)
def test_a_server_speaks_tls_or_only_redirects(configuration: str) -> None:
    assert messages(config_map(**{"nginx.conf": configuration}), RULE) == []


@pytest.mark.parametrize("code", ["", "301", "302", "303", "307", "308"], ids=repr)
def test_every_code_that_redirects_leads_to_tls(code: str) -> None:
    configuration = f"http {{ server {{ listen 8080; return {code} https://$host$request_uri; }} }}"

    assert messages(config_map(**{"nginx.conf": configuration}), RULE) == []


@pytest.mark.parametrize(
    "pattern",
    ["^", "^/", "^/?", ".*", "^.*", "^.*$", "(.*)", "^(.*)", "^(.*)$", "^/(.*)", "^/(.*)$"],
)
def test_a_rewrite_of_every_path_leads_to_tls(pattern: str) -> None:
    configuration = f"http {{ server {{ listen 8080; rewrite {pattern} https://$host$request_uri?; }} }}"

    assert messages(config_map(**{"nginx.conf": configuration}), RULE) == []


@pytest.mark.parametrize(
    ("configuration", "address"),
    [
        ("http { server { listen 8080; location / { root /srv; } } }", "8080"),
        ("http { server { listen 8443 ssl; listen [::]:8081; root /srv; } }", "[::]:8081"),
        ("http { server { listen unix:/tmp/s.sock; listen 8080; root /srv; } }", "8080"),
        ("http { server { root /srv; } }", "80"),
        ("http { server { listen; root /srv; } }", "80"),
        ("http { server { listen 8080; return 308 http://$host/; } }", "8080"),
        ("http { server { listen 8080; return 200 https://$host/; } }", "8080"),
        ("http { server { listen 8080; return http://$host/; } }", "8080"),
        ("http { server { listen 8080; return 301; } }", "8080"),
        ("http { server { listen 8080; return; } }", "8080"),
        ("http { server { listen 8080; return 301 a https://$host/; } }", "8080"),
        ("http { server { listen 8080; location /a { return 308 https://$host/; } } }", "8080"),
        ("http { server { listen 8080; add_header X '; return 308 https://a;'; } }", "8080"),
        ('http { include a; server { listen 8080; # return 308 https://a;\n set $a "b}"; } }', "8080"),
        ("stream { server { listen 5353; proxy_pass a; } }", "5353"),
        ("stream { server { listen 5353; ssl_preread off; proxy_pass a; } }", "5353"),
        ("stream { ssl_preread on; server { listen 5353; ssl_preread off; proxy_pass a; } }", "5353"),
        ("stream { server { listen 5353; ssl_preread on; return a; } }", "5353"),
        ("http { server { listen 127.0.0.1:80; listen 10.127.0.0.1:81; root /srv; } }", "10.127.0.0.1:81"),
        ("http { server { listen [::1]:80; listen [::10]:80; root /srv; } }", "[::10]:80"),
        ("http { server { listen localhost.example:80; root /srv; } }", "localhost.example:80"),
        ("http { server { listen 0.0.0.0:80; root /srv; } }", "0.0.0.0:80"),
        # Not white space for nginx, which takes the address for one word.
        ("http { server { listen 8080\u00a0ssl; root /srv; } }", "8080\u00a0ssl"),
    ],
)
def test_a_server_without_tls_serves_nothing(configuration: str, address: str) -> None:
    assert messages(config_map(**{"nginx.conf": configuration}), RULE) == [
        f"data.nginx.conf has a server that answers without TLS on {address}"
    ]


@pytest.mark.parametrize(
    "directives",
    [
        "error_page 497 =200 /index.html; SERVER",
        "SERVER error_page 497 /index.html;",
        "error_page 497 =200 /a; SERVER server { listen 7443 ssl; error_page 497 https://$host; }",
        "server { listen [::]:8443 ssl; location / { error_page 404 497 =200 @plain; } }",
        "server { listen [::]:8443 ssl; location / { if ($a) { error_page '0497' http://$host/; } } }",
        "server { listen [::]:8443 ssl; error_page 497 $target; return 308 https://$host/; }",
    ],
)
def test_a_port_for_tls_answers_plain_http_by_nothing_but_the_way_to_tls(directives: str) -> None:
    server = "server { listen 8443 quic; listen [::]:8443 ssl; root /srv; }"
    configuration = f"http {{ {directives.replace('SERVER', server)} server {{ listen 9443 ssl; }} }}"

    # What stands around servers holds in all of them.
    addresses = ["[::]:8443", "9443"] if "SERVER" in directives else ["[::]:8443"]
    assert messages(config_map(**{"nginx.conf": configuration}), RULE) == [
        f"data.nginx.conf has a server that answers without TLS on {address}" for address in addresses
    ]


@pytest.mark.parametrize(
    "directives",
    [
        f"break; {REDIRECT} location / {{ root /srv; }}",
        f"if ($arg_a) {{ break; }} {REDIRECT}",
        f"rewrite ^ /a break; {REDIRECT}",
        f"include other.conf; {REDIRECT}",
        f"return 200 a; {REDIRECT}",
        f"rewrite ^/a https://a permanent; {REDIRECT}",
        "rewrite ^ http://a permanent;",
        "rewrite ^ https://a last;",
        "rewrite ^;",
        "return 444 a;",
        "return 404 a;",
        "return 404 '';",
        "return 403;",
        "return 500;",
        "return 4040;",
        f"location /a {{ {REDIRECT} }}",
        f"location = / {{ {REDIRECT} }}",
        f"location / {{ {REDIRECT} }} location /.well-known/ {{ root /srv; }}",
        f"location / {{ {REDIRECT} location /a {{ root /srv; }} }}",
        f"location / {{ limit_except GET {{ deny all; }} {REDIRECT} }}",
        f"location / {{ internal; {REDIRECT} }}",
        f"location / {{ if ($arg_a) {{ break; }} {REDIRECT} }}",
        f"rewrite ^/a /b; location / {{ {REDIRECT} }}",
        f"include a; location / {{ {REDIRECT} }}",
        f"location / {{ {REDIRECT} }} location @plain {{ {REDIRECT} }}",
        f"error_page 308 =200 @plain; {REDIRECT} location @plain {{ root /srv; }}",
    ],
)
def test_a_redirect_counts_where_nothing_answers_before_it(directives: str) -> None:
    configuration = f"http {{ server {{ listen 8080; {directives} }} }}"

    assert messages(config_map(**{"nginx.conf": configuration}), RULE) == [
        "data.nginx.conf has a server that answers without TLS on 8080"
    ]


@pytest.mark.parametrize("text", ["a}", "a}b", "${host}", "a#b", 'a"b}', r"\{"])
def test_a_brace_inside_a_word_ends_no_block(text: str) -> None:
    configuration = f"http {{ add_header X {text}; {PLAIN} }}"

    assert messages(config_map(**{"nginx.conf": configuration}), RULE) == [
        "data.nginx.conf has a server that answers without TLS on 8080"
    ]
    assert messages(config_map(**{"nginx.conf": f"server {{ listen 8443 ssl; add_header X {text}; }}"}), RULE) == []
    assert messages(config_map(**{"nginx.conf": f"server {{ add_header X {text}; listen 8443 ssl; }}"}), RULE) == []


def test_servers_are_looked_for_in_every_file_but_pages() -> None:
    problem = "has a server that answers without TLS"
    binary = Resource(type=objects.CONFIG_MAP, inputs={"binaryData": {"nginx.conf": b64(f"http {{ {PLAIN} }}")}})
    secret = Resource(type=objects.SECRET, inputs={"stringData": {"a": PLAIN}, "data": {"b": b64(PLAIN)}})

    assert messages(config_map(**{"site.conf": PLAIN}), RULE) == [f"data.site.conf {problem} on 8080"]
    assert (
        messages(config_map(**{"nginx.conf": f"http {{ {PLAIN} {PLAIN} }}"}), RULE)
        == [f"data.nginx.conf {problem} on 8080"] * 2
    )
    assert messages(binary, RULE) == [f"binaryData.nginx.conf {problem} on 8080"]
    # What a Secret holds is not told.
    assert messages(secret, RULE) == [f"stringData.a {problem}", f"data.b {problem}"]
    assert messages(config_map(**{"index.html": PLAIN}), RULE) == []
