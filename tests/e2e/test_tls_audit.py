"""A deployed site under the questions of SSL Labs' and testssl.sh's rating, asked with OpenSSL, criterion by criterion.

Both come to a score of 30 % for protocols, 30 % for the key exchange and 40 % for ciphers; 80 is an A, and an A
without any reservation is an A+. Old protocols, weak ciphers, a chain or a name that does not fit put a lid on it.
"""

import datetime
import json
import subprocess
from collections.abc import Iterator

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID, NameOID

from tests.e2e import driver, site_stack
from tests.e2e.tls_client import ANY_CIPHER, TlsSite, ciphers_before_tls13

NAMESPACE = "secure-nginx-e2e-tls"
INTERMEDIATE, MODERN = "intermediate", "modern"
HALF_A_YEAR = 180 * 24 * 60 * 60
_HEARTBEAT = 15  # RFC 6520
_FORWARD_SECRET_AND_AUTHENTICATED = {
    "ECDHE-ECDSA-AES128-GCM-SHA256",
    "ECDHE-ECDSA-AES256-GCM-SHA384",
    "ECDHE-ECDSA-CHACHA20-POLY1305",
}
_TLS13 = {"TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"}
_NODE, _TWIN = next(iter(driver.NODE_TWINS.items()))


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, TlsSite]]:
    """One site of each TLS profile, side by side, and a pod to run a newer client in."""
    folder = tmp_path_factory.mktemp("tls")
    with site_stack.made(driver.copy_project(folder / "project"), "e2e-tls") as stack:
        stack.up(
            replicas=1,
            service={"type": "NodePort"},
            probe={"image": site_stack.CURL, "negativeChecks": False, "shell": {}},
            sites={INTERMEDIATE: {}, MODERN: {"nginx": {"tlsProfile": MODERN}}},
        )
        found = {}
        for name, outputs in stack.outputs()["sites"].items():
            authority = folder / f"{name}.crt"
            authority.write_text(outputs["caCertificate"])
            address = f"{_TWIN}:{outputs['nodePorts']['https']}"
            found[name] = TlsSite(name=outputs["fqdn"], address=address, authority=authority)
        yield found


@pytest.fixture(params=[INTERMEDIATE, MODERN])
def site(request: pytest.FixtureRequest, audited: dict[str, TlsSite]) -> TlsSite:
    return audited[request.param]


@pytest.fixture
def leaf(site: TlsSite) -> x509.Certificate:
    return site.handshake().certificates[0]


@pytest.mark.parametrize("version", ["-tls1", "-tls1_1"])
def test_what_is_older_than_tls_12_is_refused(site: TlsSite, version: str) -> None:
    refused = site.handshake(version, "-cipher", ANY_CIPHER)

    assert not refused.done
    assert "alert protocol version" in refused.output


def test_ssl_3_is_refused(site: TlsSite) -> None:
    assert site.answer_to_ssl3()[:1] in (b"", b"\x15")  # the end, or an alert


def test_tls_13_is_spoken(site: TlsSite) -> None:
    assert site.handshake("-tls1_3").protocol == "TLSv1.3"


def test_tls_12_is_spoken_in_the_intermediate_profile_alone(audited: dict[str, TlsSite]) -> None:
    assert audited[INTERMEDIATE].handshake("-tls1_2").protocol == "TLSv1.2"
    assert not audited[MODERN].handshake("-tls1_2", "-cipher", ANY_CIPHER).done


def test_nobody_is_talked_into_an_older_one(audited: dict[str, TlsSite]) -> None:
    fallen_back = audited[INTERMEDIATE].handshake("-tls1_2", "-fallback_scsv")

    assert "alert inappropriate fallback" in fallen_back.output


def test_http_2_is_offered(site: TlsSite) -> None:
    assert site.handshake("-alpn", "h2,http/1.1").says("ALPN protocol: h2")
    assert site.handshake("-alpn", "http/1.1").says("ALPN protocol: http/1.1")


def test_tls_12_has_forward_secrecy_and_authenticated_encryption_alone(audited: dict[str, TlsSite]) -> None:
    site = audited[INTERMEDIATE]
    offered = ciphers_before_tls13()

    taken = {each for each in offered if site.handshake("-tls1_2", "-cipher", f"{each}:@SECLEVEL=0").done}

    assert len(offered) > 50  # a client that knows only good ones would prove nothing
    assert taken == _FORWARD_SECRET_AND_AUTHENTICATED


def test_tls_13_has_its_three_suites(site: TlsSite) -> None:
    suites = {*_TLS13, "TLS_AES_128_CCM_SHA256", "TLS_AES_128_CCM_8_SHA256"}

    assert {each for each in suites if site.handshake("-tls1_3", "-ciphersuites", each).done} == _TLS13


def test_neither_compression_nor_heartbeats_are_taken(audited: dict[str, TlsSite]) -> None:
    compression, extensions = audited[INTERMEDIATE].server_hello()

    assert compression == 0
    assert 0xFF01 in extensions  # secure renegotiation, which shows that extensions are read
    assert _HEARTBEAT not in extensions


def test_no_data_comes_before_the_handshake(site: TlsSite) -> None:
    assert "Early data was not sent" in site.handshake("-tls1_3").output
    assert "Max Early Data: 0" in site.handshake("-tls1_3", "-ign_eof", text="Q\n").output


@pytest.mark.parametrize("group", ["X25519", "P-256", "P-384"])
def test_the_common_curves_are_taken(site: TlsSite, group: str) -> None:
    assert site.handshake("-groups", group).done


@pytest.mark.parametrize("group", ["secp224r1", "prime192v1", "sect163k1"])
def test_weak_curves_are_refused(audited: dict[str, TlsSite], group: str) -> None:
    refused = audited[INTERMEDIATE].handshake("-tls1_2", "-groups", group, "-cipher", ANY_CIPHER)

    assert not refused.done
    assert "alert handshake failure" in refused.output  # the server's refusal, not the client's


def test_every_key_is_long_enough(site: TlsSite) -> None:
    assert site.handshake().key_exchange_bits >= 225


def test_keys_are_exchanged_so_that_a_quantum_computer_gains_nothing(site: TlsSite) -> None:
    name = site.name.split(".")[0]
    (shell,) = [
        each["metadata"]["name"]
        for each in driver.objects("deployments", namespace=NAMESPACE)
        if each["metadata"]["name"].startswith(f"{name}-probe-shell")
    ]

    said = driver.kubectl(
        "exec", f"--namespace={NAMESPACE}", f"deployment/{shell}", "--", "curl", "--silent", "--verbose",
        "--curves", "X25519MLKEM768", "--cacert", "/ca/ca.crt", f"https://{site.name}/",
    )  # fmt: skip

    assert " / X25519MLKEM768 / " in said
    # nginx writes its log once a second.
    site_stack.until(lambda: "X25519MLKEM768" in _curves_of(name), 60, "nginx has logged no such handshake")


def _curves_of(name: str) -> set[str]:
    log = driver.kubectl("logs", f"--namespace={NAMESPACE}", f"deployment/{name}", "--tail=20")
    return {json.loads(line)["tls_curve"] for line in log.splitlines() if line.startswith("{")}


def test_a_client_cannot_ask_for_another_handshake(audited: dict[str, TlsSite]) -> None:
    asked = asking_again(audited[INTERMEDIATE])

    assert "Secure Renegotiation IS supported" in asked
    assert "RENEGOTIATING" in asked
    assert "no renegotiation" in asked


def test_the_chain_leads_to_the_sites_authority(site: TlsSite) -> None:
    handshake = site.handshake()

    assert handshake.says("Verification: OK")
    assert handshake.says(f"Verified peername: {site.name}")


def test_the_chain_leads_to_no_other_authority(site: TlsSite, audited: dict[str, TlsSite]) -> None:
    (other,) = [each for each in audited.values() if each is not site]
    misled = TlsSite(name=site.name, address=site.address, authority=other.authority)

    assert "unable to get local issuer certificate" in misled.handshake().output
    assert "unable to get local issuer certificate" in site.handshake(trusted=False).output


def test_another_name_is_refused(site: TlsSite) -> None:
    misled = TlsSite(name="www.example.com", address=site.address, authority=site.authority)

    assert "hostname mismatch" in misled.handshake().output.lower()


def test_what_clients_have_is_not_sent(site: TlsSite) -> None:
    assert len(site.handshake().certificates) == 1


def test_the_certificate_names_everything_by_which_clients_come(site: TlsSite, leaf: x509.Certificate) -> None:
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    service, namespace, *_ = site.name.split(".")

    assert {service, f"{service}.{namespace}", f"{service}.{namespace}.svc", site.name} <= set(
        names.get_values_for_type(x509.DNSName)
    )
    assert set(driver.NODE_TWINS) <= {str(each) for each in names.get_values_for_type(x509.IPAddress)}


def test_the_certificate_is_no_self_signed_one(leaf: x509.Certificate) -> None:
    """Scanners take one for that whose subject and issuer have the same name."""
    subject, issuer = (each.get_attributes_for_oid(NameOID.COMMON_NAME)[0] for each in (leaf.subject, leaf.issuer))

    assert subject.value != issuer.value


def test_the_certificates_key_and_signature_are_strong(leaf: x509.Certificate) -> None:
    key = leaf.public_key()

    assert isinstance(key, ec.EllipticCurvePublicKey)
    assert key.curve.key_size >= 256
    assert leaf.signature_hash_algorithm is not None
    assert leaf.signature_hash_algorithm.digest_size >= 32


def test_the_certificate_is_valid_now_and_not_for_long(leaf: x509.Certificate) -> None:
    assert leaf.not_valid_before_utc <= datetime.datetime.now(datetime.UTC) < leaf.not_valid_after_utc
    assert leaf.not_valid_after_utc - leaf.not_valid_before_utc <= datetime.timedelta(days=90)


def test_the_certificate_is_a_servers_and_nothing_else(leaf: x509.Certificate) -> None:
    constraints = leaf.extensions.get_extension_for_class(x509.BasicConstraints).value
    usage = leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value

    assert not constraints.ca
    assert list(usage) == [ExtendedKeyUsageOID.SERVER_AUTH]


def test_there_is_nobody_to_ask_whether_it_was_revoked(site: TlsSite, leaf: x509.Certificate) -> None:
    """A site's own authority runs no OCSP responder and no revocation list: its certificates end soon instead.

    So a certificate names none, and the server has nothing to staple. Neither lowers a rating.
    """
    known = {extension.oid for extension in leaf.extensions}

    assert not known & {ExtensionOID.AUTHORITY_INFORMATION_ACCESS, ExtensionOID.CRL_DISTRIBUTION_POINTS}
    assert ExtensionOID.TLS_FEATURE not in known  # nor does it promise a stapled answer
    assert site.handshake("-status").says("OCSP response: no response sent")


def test_browsers_are_told_to_stay_with_https(site: TlsSite) -> None:
    said = fetched(site, f"https://{site.name}/", "--head").lower()

    (policy,) = [line for line in said.splitlines() if line.startswith("strict-transport-security:")]
    assert int(policy.partition("max-age=")[2]) >= HALF_A_YEAR


def test_the_server_keeps_its_version_to_itself(site: TlsSite) -> None:
    assert "\nserver: nginx\n" in fetched(site, f"https://{site.name}/", "--head").lower().replace("\r", "")


def test_the_rating_is_a_plus(site: TlsSite) -> None:
    """What the criteria above amount to; each lid and each reservation has a test of its own."""
    shakes = [site.handshake("-tls1_3", "-ciphersuites", suite) for suite in sorted(_TLS13)]
    ciphers = [100 if each.cipher_bits >= 256 else 80 for each in shakes]
    keys = [each.key_exchange_bits for each in shakes]
    leaf = shakes[0].certificates[0].public_key()
    assert isinstance(leaf, ec.EllipticCurvePublicKey)

    protocols = 100  # nothing older than TLS 1.2
    key_exchange = 100 if min(*keys, leaf.key_size) >= 225 else 90
    score = 0.3 * protocols + 0.3 * key_exchange + 0.4 * (max(ciphers) + min(ciphers)) / 2
    assert score == pytest.approx(96)


def fetched(site: TlsSite, url: str, *options: str) -> str:
    """Fetch something with curl, which trusts the site's authority alone."""
    return driver.must(driver.curl(url, authority=site.authority, connect_to=site.address, options=options)).output


def asking_again(site: TlsSite) -> str:
    """What OpenSSL's client says when it is told to ask for a second handshake on the same connection."""
    command = ["openssl", "s_client", "-connect", site.address, "-servername", site.name, "-tls1_2",
               "-CAfile", str(site.authority), "-verify_return_error"]  # fmt: skip
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as client:
        assert client.stdin is not None
        assert client.stdout is not None
        said = ""
        for line in client.stdout:
            said += line
            if "Extended master secret" in line:
                client.stdin.write("R\n")
                client.stdin.flush()
        return said
