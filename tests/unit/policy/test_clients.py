"""Switches of tools other than curl, as files and variables have them."""

import pytest

from tests.unit.policy import objects
from tests.unit.policy.objects import config_map, messages

PROBLEM = "turns the verification of certificates off"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        pytest.param("a.yaml", "jsonData:\n  tlsSkipVerify: true", id="grafana-source"),
        pytest.param("grafana.ini", "tls_skip_verify_insecure = true", id="grafana-file"),
        pytest.param("a.env", "GF_AUTH_GENERIC_OAUTH_TLS_SKIP_VERIFY_INSECURE=true", id="grafana-variable"),
        pytest.param("GF_AUTH_GENERIC_OAUTH_TLS_SKIP_VERIFY_INSECURE", "true", id="grafana-key"),
        pytest.param("a.conf", "[OUTPUT]\n    tls.verify Off", id="fluent-bit"),
        pytest.param("a.yaml", "tls.verify: off", id="fluent-bit-yaml"),
        pytest.param("a.conf", "<match **>\n  ssl_verify false\n</match>", id="fluentd"),
        pytest.param(".condarc", "ssl_verify: false", id="conda"),
        pytest.param("a.yml", "output.elasticsearch.ssl.verification_mode: none", id="beats"),
        pytest.param("a.yml", 'ssl:\n  verification_mode: "none"', id="beats-nested"),
        pytest.param("a.yml", "elasticsearch.ssl.verificationMode: none", id="kibana"),
        pytest.param("a.env", "ELASTICSEARCH_SSL_VERIFICATIONMODE=none", id="kibana-variable"),
        pytest.param("ELASTICSEARCH_SSL_VERIFICATIONMODE", "none", id="kibana-key"),
        pytest.param("a.conf", "ssl_verification_mode => none", id="logstash"),
        pytest.param("check.sh", "http --verify=no https://shop/", id="httpie"),
        pytest.param("check.sh", "https --verify false shop/", id="httpie-word"),
        pytest.param("a.py", 'run(["http", "--verify", "no", url])', id="httpie-list"),
        pytest.param("check.sh", "LDAPTLS_REQCERT=never ldapsearch", id="ldap"),
        pytest.param("ldap.conf", "TLS_REQCERT allow", id="ldap-file"),
        pytest.param("a.rb", "ENV['LDAPTLS_REQCERT'] = 'never'", id="ldap-language"),
        pytest.param("sssd.conf", "ldap_tls_reqcert = never", id="sssd"),
        pytest.param("haproxy.cfg", "backend b\n  server a 10.0.0.1:443 ssl verify none", id="haproxy"),
        pytest.param("haproxy.cfg", "backend b\n  default-server ssl verify none check", id="haproxy-default"),
        pytest.param("haproxy.cfg", "global\n  ssl-server-verify none", id="haproxy-global"),
        pytest.param("a.rb", "http.verify_mode = OpenSSL::SSL::VERIFY_NONE", id="ruby"),
        pytest.param("a.rb", "open(url, ssl_verify_mode: OpenSSL::SSL::VERIFY_NONE)", id="ruby-argument"),
        pytest.param("a.rb", "{:verify_mode => OpenSSL::SSL::VERIFY_NONE}", id="ruby-hash"),
        pytest.param("a.php", "[CURLOPT_SSL_VERIFYPEER => false]", id="php"),
        pytest.param("a.php", "curl_setopt($c, CURLOPT_SSL_VERIFYPEER, 0);", id="php-call"),
        pytest.param("a.php", "curl_setopt($c, CURLOPT_SSL_VERIFYHOST, FALSE);", id="php-host"),
        pytest.param("a.php", "$options[CURLOPT_SSL_VERIFYPEER] = false;", id="php-array"),
        pytest.param("a.c", "curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 0L);", id="libcurl"),
    ],
)
def test_the_switches_of_other_tools_are_known(name: str, text: str) -> None:
    assert messages(config_map(**{name: text}), "verified-tls") == [f"data.{name} {PROBLEM}"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        pytest.param("a.yaml", "tlsSkipVerify: false\nTLS_SKIP_VERIFY_INSECURE=false", id="grafana"),
        pytest.param("check.sh", '[ "$TLS_SKIP_VERIFY" = true ] && exit 1', id="read"),
        pytest.param("a.env", "SKIP_VERIFY_SSL=false\nSKIP_SSL_VERIFY=false", id="skip"),
        pytest.param("a.conf", "tls.verify On\nssl_verify true", id="fluent"),
        pytest.param("nginx.conf", "ssl_verify_client off; grpc_ssl_verify on;", id="nginx"),
        pytest.param("a.yml", "ssl.verification_mode: full\nssl.verification_mode: none-such", id="beats"),
        pytest.param("a.yml", "emailVerificationMode: none", id="e-mail"),
        pytest.param("check.sh", "http --verify=/ca/ca.crt https://shop/; restore --verify=no", id="httpie"),
        pytest.param("ldap.conf", "TLS_REQCERT demand", id="ldap"),
        pytest.param("haproxy.cfg", "server a 10.0.0.1:443 ssl verify required ca-file /ca", id="haproxy"),
        pytest.param("haproxy.cfg", "bind :443 ssl crt /tls verify none", id="haproxy-clients"),
        pytest.param("a.rb", "raise if http.verify_mode == OpenSSL::SSL::VERIFY_NONE", id="ruby"),
        pytest.param("a.php", "[CURLOPT_SSL_VERIFYPEER => true, CURLOPT_SSL_VERIFYHOST => 2]", id="php"),
    ],
)
def test_the_switches_of_other_tools_may_be_left_on(name: str, text: str) -> None:
    assert messages(config_map(**{name: text}), "verified-tls") == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GF_AUTH_GENERIC_OAUTH_TLS_SKIP_VERIFY_INSECURE", "true"),
        ("ELASTICSEARCH_SSL_VERIFICATIONMODE", "none"),
        ("LDAPTLS_REQCERT", "never"),
    ],
    ids=["grafana", "kibana", "ldap"],
)
def test_the_variables_of_other_tools_are_known_in_a_pod(name: str, value: str) -> None:
    pod = objects.pod(container={"env": [{"name": name, "value": value}]})

    assert messages(objects.deployment(pod), "verified-tls") == [f"pod.containers[0].env[0].value {PROBLEM}"]
