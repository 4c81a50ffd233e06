"""Files in ConfigMaps and Secrets that run clients, and objects that are none of a cluster's."""

from typing import Any

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
    ("name", "text"),
    [
        ("check.sh", "curl -X POST -d '{\n  \"a\": 1\n}' -k https://shop/"),
        ("check.sh", 'curl -d "{\n  \\"a\\": 1\n}" \\\n  -k https://shop/'),
        ("check.sh", "curl -d '{\n}' -H 'X: a\n' -k https://shop/"),
        ("check.sh", "curl -d '\n' https://shop/ -d \"$(curl -k\n)\" https://shop/"),
        ("check.sh", "{ echo curl -k https://shop/; } | sh"),
        ("check.sh", "{\n  echo 'curl -k https://shop/'\n} > check"),
        ("check.sh", 'curl "-"k https://shop/'),
        ("check.sh", "curl -s'k' https://shop/"),
        ("check.sh", "wget -e check_certificate=off https://shop/"),
        ("check.sh", "wget --check-certificate=off https://shop/"),
        (".wgetrc", "check_certificate = off"),
        (".wgetrc", "checkcertificate=No"),
        ("a.py", "urlopen(url, context=ssl._create_unverified_context())"),
        ("a.py", "ssl._create_default_https_context = ssl._create_unverified_context"),
        ("a.py", "session.request('GET', url, **{'verify': False})"),
        ("a.py", 'options = {"timeout": 3, "verify": False}'),
        ("a.py", "options['verify'] = False"),
        ("a.py", "session.get(url, verify_ssl=False)"),
        ("a.yaml", "verify_ssl: false"),
        ("a.env", "PYTHONHTTPSVERIFY=0"),
        ("PYTHONHTTPSVERIFY", "0"),
        (".npmrc", "strict-ssl=false"),
        ("check.sh", "npm config set strict-ssl false"),
        ("check.sh", "npm --strict-ssl=false install"),
        ("a.env", "NPM_CONFIG_STRICT_SSL=false"),
        ("check.sh", "grpcurl -insecure shop:443 list"),
        ("check.sh", "grpcurl -d '{\n}' -insecure=true shop:443 list"),
        ("nginx.conf", "js_fetch_verify off;"),
        ("a.json", '["curl",\n "-k", "https://shop/"]'),
        ("a.py", 'run(["curl", url,  # the shop\n  "-H", "a b",\n  "-k"])'),
        ("a.js", "spawn('curl', [\n  '-s',\n  '-k',\n])"),
        # What follows the switch in its word changes nothing.
        pytest.param("check.sh", "curl -kso/dev/null https://shop/", id="output"),
        pytest.param("check.sh", "curl -ku$USER:$PASS https://shop/", id="user"),
        pytest.param("check.sh", "curl -kw%{http_code} https://shop/", id="write-out"),
        pytest.param("check.sh", "curl -kT/x https://shop/", id="upload"),
        pytest.param("a.json", '["curl", "-kso/dev/null"]', id="output-in-list"),
        pytest.param(".curlrc", "-kso/dev/null", id="output-in-configuration"),
        # Signs before a program are for the shell, or for make.
        pytest.param("check.sh", "true && \\curl -k https://shop/", id="backslash"),
        pytest.param("Makefile", "check:\n\t@curl -k https://shop/", id="silent"),
        pytest.param("Makefile", "check:\n\t-curl -k https://shop/", id="ignored"),
        pytest.param("Makefile", "check:\n\t@-curl -k https://shop/", id="silent-and-ignored"),
    ],
)
def test_no_file_turns_verification_off_in_another_way(name: str, text: str) -> None:
    assert messages(config_map(**{name: text}), "verified-tls") == [f"data.{name} {PROBLEM}"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("check.sh", 'curl -d \'{\n  "a": "x -k y"\n}\' https://shop/'),
        ("check.sh", "curl -d 'a\n -k\n' https://shop/\nsort -k2 a"),
        ("check.sh", "curl -d 'a\nb' https://shop/ | sort -k2"),
        ("check.sh", "log \"curl isn't there\"\nsort -k2 'a'"),
        ("check.sh", 'curl "$(cat\n)"; sort -k2 "a"'),
        ("check.sh", "usage() {\n  echo 'never curl -k'\n}\nusage | cat"),
        ("check.sh", "{ echo 'never curl -k'; } >&2"),
        ("check.sh", "{ echo 'never curl -k'; } || exit 1"),
        ("check.sh", 'curl "-"o k https://shop/'),
        ("check.sh", "curl -s 'k' https://shop/"),
        ("check.sh", "wget --check-certificate=on https://shop/"),
        ("a.yaml", "no_check_certificate: false\nno-check-certificate: false"),
        ("check.sh", '[ "$check_certificate" = off ] && exit 1'),
        ("a.py", "{'verify': True}"),
        ("a.py", "def get(verify: bool = False): ..."),
        ("a.py", "assert options['verify'] != False"),
        ("a.json", '{"verify": false}'),
        ("a.env", "VERIFY_SSL=true\nSKIP_VERIFY_SSL=false\nNO_VERIFY_SSL=false"),
        ("a.env", "PYTHONHTTPSVERIFY=1"),
        ("check.sh", '[ "$PYTHONHTTPSVERIFY" = 0 ] && exit 1'),
        (".npmrc", "strict-ssl=true\n# strict-ssl=false"),
        ("a.json", '{"note": "strict-ssl no longer matters"}'),
        ("check.sh", "npm config set strict-ssl true"),
        ("check.sh", "grpcurl -insecure=false shop:443 list"),
        ("check.sh", "client -insecure shop:443"),
        ("nginx.conf", "js_fetch_verify on; ssl_verify_client off;"),
        ("a.json", '{"get": "curl -s https://shop/",\n "sort": "sort -k2 a"}'),
        ("a.json", '{"program": "curl",\n "sort": "-k"}'),
        ("a.py", 'run(["curl", url])\nrun(["sort", "-k2", "a"])'),
        ("a.py", 'run(["curl",\n  "-d", "x -k y",\n  url])'),
        ("a.py", 'tools = ["curl",\n  "sort -k2"]'),
        pytest.param("check.sh", "curl -ok https://shop/; curl -sok/x https://shop/", id="file"),
        pytest.param("check.sh", "curl -u$USER:-k --kitchen https://shop/", id="in-a-word"),
        pytest.param("Makefile", "check:\n\t@curl https://shop/\n\tlib-curl -k", id="make"),
    ],
)
def test_what_only_resembles_it_is_left_alone(name: str, text: str) -> None:
    assert messages(config_map(**{name: text}), "verified-tls") == []


@pytest.mark.parametrize(
    ("container", "place"),
    [
        ({"command": ["sh", "-c", "curl -X POST -d '{\n \"a\": 1\n}' -k https://shop/"]}, "command"),
        ({"command": ["wget", "-e", "check_certificate=off", "https://shop/"]}, "command"),
        ({"command": ["grpcurl", "-insecure", "shop:443", "list"]}, "command"),
        ({"command": ["curl", "-kso/dev/null", "https://shop/"]}, "command"),
        ({"command": None, "image": "grpcurl", "args": ["-insecure", "shop:443", "list"]}, "args"),
        ({"env": [{"name": "PYTHONHTTPSVERIFY", "value": "0"}]}, "env[0].value"),
        ({"env": [{"name": "npm_config_strict_ssl", "value": "false"}]}, "env[0].value"),
    ],
)
def test_no_container_turns_verification_off_in_another_way(container: dict[str, Any], place: str) -> None:
    found = messages(objects.deployment(objects.pod(container=container)), "verified-tls")

    assert found == [f"pod.containers[0].{place} {PROBLEM}"]


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


def test_the_rules_are_about_clusters_and_certificates_alone() -> None:
    bucket = Resource(type="aws:s3/bucket:Bucket", inputs={"kind": "Service", "spec": {"type": "LoadBalancer"}})
    service = Resource(type="other:index:Service", inputs={"spec": {"type": "LoadBalancer", "ports": [{"port": 1}]}})
    secret = Resource(type="other:index:Secret", inputs={"stringData": {"a": CARELESS}})

    assert broken(bucket) == set()
    assert broken(service) == set()
    assert broken(secret) == set()
