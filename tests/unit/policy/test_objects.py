"""Files in ConfigMaps and Secrets that run clients, and objects that are none of a cluster's."""

import pytest

from policy.resource import UNKNOWN, Resource
from tests.unit.policy import objects
from tests.unit.policy.objects import b64, broken, config_map, messages

CARELESS = "curl -s \\\n  -k https://shop/\n"
PROBLEM = "turns the verification of certificates off"


def test_a_script_verifies_as_well_and_a_page_may_say_what_it_likes() -> None:
    assert messages(config_map(**{"check.sh": f"#!/bin/sh\n{CARELESS}"}), "verified-tls") == [
        f"data.check.sh {PROBLEM}"
    ]
    assert messages(config_map(**{"index.html": CARELESS}), "verified-tls") == []
    assert messages(config_map(**{"check.sh": "tar -k"}), "verified-tls") == []


def test_scripts_are_in_secrets_and_in_binary_data_as_well() -> None:
    secret = Resource(type=objects.SECRET, inputs={"stringData": {"a": CARELESS}, "data": {"b": b64(CARELESS)}})
    binary = Resource(type=objects.CONFIG_MAP, inputs={"binaryData": {"check.sh": b64(CARELESS)}})

    assert messages(secret, "verified-tls") == [f"stringData.a {PROBLEM}", f"data.b {PROBLEM}"]
    assert messages(binary, "verified-tls") == [f"binaryData.check.sh {PROBLEM}"]


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


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("check.sh", "curl --insec https://shop/"),
        ("check.sh", "curl --proxy-ins https://shop/"),
        ("check.sh", "curl --doh-insecure https://shop/"),
        ("check.sh", "wget --no-check-certif https://shop/"),
        ("check.sh", "O=--insecure\ncurl $O https://shop/"),
        ("check.sh", "curl -sBk https://shop/"),
        ("check.sh", "curl '-k' https://shop/"),
        ("check.sh", 'curl -H "a; b" "https://shop/?a=1&b=2" -k'),
        ("check.sh", "curl -s https://shop/ 2>&1 -k"),
        ("check.sh", "curl $(cat names) -k"),
        ("check.sh", "curl https://shop/#a -k # as ever"),
        ("check.sh", "curl -H '# no comment' -k https://shop/"),
        ("check.sh", "export NODE_TLS_REJECT_UNAUTHORIZED=0"),
        ("NODE_TLS_REJECT_UNAUTHORIZED", "0"),
        ("a.js", "process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0'"),
        ("a.py", 'subprocess.run(["curl", "-k", url])'),
        ("a.py", "requests.get(url, verify=False)"),
        ("a.json", '{"insecureSkipVerify": true}'),
        ("a.env", "TRAEFIK_SERVERSTRANSPORT_INSECURESKIPVERIFY=true"),
        ("APP_INSECURE_SKIP_VERIFY", "True"),
        ("a.env", "INSECURE_SKIP_VERIFY=1"),
        ("a.yaml", "tls_insecure_skip_verify: yes"),
        ("a.yaml", "insecure_skip_tls_verify: 'on'"),
        ("Caddyfile", "transport http {\n  tls_insecure_skip_verify # for now\n}"),
        ("check.sh", "traefik --serversTransport.insecureSkipVerify"),
        ("check.sh", "export VAULT_SKIP_VERIFY=true"),
        ("check.sh", "vault status -tls-skip-verify"),
        ("a.js", "new Agent({rejectUnauthorized: false})"),
        ("a.py", "context.verify_mode = ssl.CERT_NONE"),
        ("a.py", 'PoolManager(cert_reqs="CERT_NONE")'),
        ("check.sh", "GIT_SSL_NO_VERIFY=true git clone https://shop/"),
        ("a.yaml", "{GIT_SSL_NO_VERIFY: 0}"),
        ("check.sh", "git -c http.sslVerify=false clone https://shop/"),
        ("check.sh", "git config http.sslVerify false"),
        ("check.sh", "aws --no-verify-ssl s3 ls"),
        ("check.sh", "podman pull --tls-verify=false shop"),
        ("check.sh", "skopeo copy --src-tls-verify=false a b"),
        ("check.sh", 'curl -H "a b" -k https://shop/'),
        ("check.sh", 'curl -d "$(curl -k https://a/)" https://shop/'),
        ("check.sh", "sh -c 'curl -s \"https://shop/\" -k'"),
        ("check.sh", "echo 'curl -k https://shop/' | sh"),
        ("check.sh", "echo 'curl -k https://shop/' > check"),
        ("check.sh", 'echo "$(curl -k https://shop/)"'),
        ("check.sh", 'echo "asking" && curl -k https://shop/'),
        ("check.sh", "//bin/curl -k https://shop/"),
        ("a.js", 'const a = "// no comment"; const b = {rejectUnauthorized: false}'),
        ("a.js", "const a = `https://b /* ${c} // `; const b = {rejectUnauthorized: false} /* for now */"),
        ("nginx.conf", "proxy_ssl_verify off;"),
        (".curlrc", "silent\ninsecure\n"),
        (".curlrc", "-k"),
    ],
)
def test_no_file_turns_verification_off(name: str, text: str) -> None:
    assert messages(config_map(**{name: text}), "verified-tls") == [f"data.{name} {PROBLEM}"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("check.sh", "curl -s https://shop/ | sort -k2"),
        ("check.sh", "curl -o a https://shop/; sort -k1,1 a"),
        ("check.sh", "curl -o a https://shop/ && du -sk ."),
        ("check.sh", "df -k\ncurl https://shop/\ndf -k"),
        ("check.sh", "diff <(curl https://shop/) - -k"),
        ("check.sh", "# never curl -k\ncurl https://shop/ # nor -k nor --insecure"),
        ("check.sh", "curl --no-insecure --include https://shop/"),
        ("check.sh", "export NODE_TLS_REJECT_UNAUTHORIZED=1"),
        ("a.ts", "deno run --no-check a.ts"),
        ("a.json", '{"insecureSkipVerify": false}'),
        ("a.env", "APP_INSECURE_SKIP_VERIFY=false\nINSECURE_SKIP_VERIFY=0\nVAULT_SKIP_VERIFY=no"),
        ("a.env", "INSECURE_SKIP_VERIFY=on-demand"),
        ("check.sh", '[ "$INSECURE_SKIP_VERIFY" = true ] && exit 1'),
        ("check.sh", '[ "${GIT_SSL_NO_VERIFY}" = 1 ] && exit 1'),
        ("a.py", 'assert not os.environ["GIT_SSL_NO_VERIFY"] == "1"'),
        ("a.py", "assert context.verify_mode != ssl.CERT_NONE"),
        ("a.js", "options.rejectUnauthorized === false"),
        ("a.js", "// never rejectUnauthorized: false\nask() /* nor\n rejectUnauthorized = false */"),
        ("check.sh", "git config http.sslVerify true; podman pull --tls-verify=true shop"),
        ("check.sh", 'curl -d "x -k y" https://shop/'),
        ("check.sh", 'curl -H "X: -k" https://shop/'),
        ("check.sh", "curl -d 'a'\" -k \" https://shop/"),
        ("check.sh", "echo 'do not use curl -k'"),
        ("check.sh", 'echo >&2 "$a: never curl -k"; exit 1'),
        ("check.sh", "printf 'never %s\\n' 'curl -k' || exit 1"),
        ("a.py", "requests.get(url, verify=True)"),
        ("nginx.conf", "proxy_ssl_verify on;"),
        (".curlrc", "silent\n# insecure\n"),
        ("words", "secure\ninsecure\n"),
    ],
)
def test_a_file_that_leaves_it_on_is_left_alone(name: str, text: str) -> None:
    assert messages(config_map(**{name: text}), "verified-tls") == []


@pytest.mark.parametrize(
    ("script", "is_careless"),
    [
        ("curl -d 'x -k y' https://shop/", False),
        ("curl -H 'X: a' -k https://shop/", True),
        ("echo 'do not use curl -k'", False),
    ],
)
def test_what_is_in_quotes_is_known_in_a_pods_script_too(script: str, is_careless: bool) -> None:
    found = messages(objects.deployment(objects.pod(container={"command": ["sh", "-c", script]})), "verified-tls")

    assert found == ([f"pod.containers[0].command {PROBLEM}"] if is_careless else [])


def test_words_of_a_command_line_are_no_quoted_argument_of_a_script_before_them() -> None:
    pod = objects.pod(container={"command": ["sh", "-c", 'curl "$0" "$@" https://shop/', "-k", "a b"]})

    assert messages(objects.deployment(pod), "verified-tls") == [f"pod.containers[0].command {PROBLEM}"]


@pytest.mark.parametrize("name", ["GIT_SSL_NO_VERIFY", "VAULT_SKIP_VERIFY", "APP_INSECURESKIPVERIFY"])
def test_a_variable_of_a_container_turns_verification_off_as_well(name: str) -> None:
    pod = objects.pod(container={"env": [{"name": name, "value": "true"}]})

    assert messages(objects.deployment(pod), "verified-tls") == [f"pod.containers[0].env[0].value {PROBLEM}"]


@pytest.mark.parametrize(
    ("value", "is_careless"), [(True, True), (False, False), (None, False), (UNKNOWN, False)], ids=str
)
@pytest.mark.parametrize("patch", ["", "Patch"], ids=["whole", "patch"])
def test_the_api_server_verifies_whom_it_asks(value: object, is_careless: bool, patch: str) -> None:
    kind = f"kubernetes:apiregistration.k8s.io/v1:APIService{patch}"
    resource = Resource(type=kind, inputs={"spec": {"insecureSkipTLSVerify": value}})

    assert messages(resource, "verified-tls") == ([f"spec.insecureSkipTLSVerify {PROBLEM}"] if is_careless else [])


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


def test_the_rules_are_about_clusters_and_certificates_alone() -> None:
    bucket = Resource(type="aws:s3/bucket:Bucket", inputs={"kind": "Service", "spec": {"type": "LoadBalancer"}})
    service = Resource(type="other:index:Service", inputs={"spec": {"type": "LoadBalancer", "ports": [{"port": 1}]}})
    secret = Resource(type="other:index:Secret", inputs={"stringData": {"a": CARELESS}})

    assert broken(bucket) == set()
    assert broken(service) == set()
    assert broken(secret) == set()
