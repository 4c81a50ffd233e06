"""Every source of a certificate: what is created, what is trusted, what is known."""

from typing import Any

import pytest

from components import (
    CertManagerCertificate,
    ExistingSecret,
    GeneratedCertificate,
    ProvidedCertificate,
)
from tests.unit import certificates, sites
from tests.unit.harness import Deploy, Deployed, is_secret

CA = certificates.certificate_pem("ca", ca=True)
WWW = certificates.certificate_pem("www", dns_names=("www.example.com",))
PROVIDED = ProvidedCertificate(certificate=WWW, private_key=certificates.key_pem("www"), ca=CA)


def provide(deploy: Deploy, source: Any, **changes: Any) -> Deployed:
    return deploy(sites.program("web", certificate=source, host_names=("www.example.com",), **changes))


@pytest.mark.parametrize(
    ("algorithm", "key", "uses"),
    [
        ("ECDSA-P256", {"algorithm": "ECDSA", "ecdsaCurve": "P256"},
         ["digital_signature", "server_auth"]),
        ("ECDSA-P384", {"algorithm": "ECDSA", "ecdsaCurve": "P384"},
         ["digital_signature", "server_auth"]),
        ("RSA-3072", {"algorithm": "RSA", "rsaBits": 3072},
         ["digital_signature", "key_encipherment", "server_auth"]),
    ],
)  # fmt: skip
def test_keys_are_of_the_wanted_kind(deploy: Deploy, algorithm: Any, key: dict[str, object], uses: list[str]) -> None:
    deployed = provide(deploy, GeneratedCertificate(key_algorithm=algorithm))

    assert [each.inputs for each in deployed.of("PrivateKey")] == [key, key]
    assert deployed.one("LocallySignedCert").inputs["allowedUses"] == uses


def test_the_ca_may_sign_and_nothing_else(deploy: Deploy) -> None:
    ca = provide(deploy, GeneratedCertificate()).one("SelfSignedCert").inputs

    assert ca["allowedUses"] == ["cert_signing", "crl_signing"]
    assert ca["isCaCertificate"] is True


def test_the_leaf_is_no_ca_and_has_another_subject(deploy: Deploy) -> None:
    deployed = provide(deploy, GeneratedCertificate())

    assert "isCaCertificate" not in deployed.one("LocallySignedCert").inputs
    ca = deployed.one("SelfSignedCert").inputs["subject"]["commonName"]
    assert ca == "web CA 0a1b2c3d"
    assert deployed.one("CertRequest").inputs["subject"]["commonName"] == "web"


def test_lifetimes_reach_the_certificates(deploy: Deploy) -> None:
    deployed = provide(
        deploy,
        GeneratedCertificate(validity_hours=24, renew_before_hours=8, ca_validity_hours=720, ca_renew_before_hours=48),
    )

    leaf = deployed.one("LocallySignedCert").inputs
    ca = deployed.one("SelfSignedCert").inputs
    assert (leaf["validityPeriodHours"], leaf["earlyRenewalHours"]) == (24, 8)
    assert (ca["validityPeriodHours"], ca["earlyRenewalHours"]) == (720, 48)


def test_the_certificate_covers_the_host_names(deploy: Deploy) -> None:
    request = provide(deploy, GeneratedCertificate()).one("CertRequest")

    assert "www.example.com" in request.inputs["dnsNames"]


def test_every_certificate_is_made_of_its_own_key_and_says_which_it_is(deploy: Deploy) -> None:
    deployed = provide(deploy, GeneratedCertificate(ca_generations=(2, 1)))

    made = {each.name: each for each in deployed.resources if each.type.startswith("tls:")}
    assert {"web-ca-1-key"} <= made["web-ca-1"].dependencies
    assert {"web-ca-2-key"} <= made["web-ca-2"].dependencies
    assert {"web-key"} <= made["web-request"].dependencies
    assert {"web-request", "web-ca-2", "web-ca-2-key"} <= made["web-certificate"].dependencies
    for name in ("web-ca-1", "web-ca-2", "web-certificate"):
        assert made[name].inputs["setSubjectKeyId"] is True


@pytest.mark.parametrize("protect", [True, False])
def test_the_ca_key_can_be_protected(deploy: Deploy, protect: bool) -> None:
    deployed = provide(deploy, GeneratedCertificate(protect_ca=protect))

    assert deployed.one("PrivateKey", "ca-1-key").options.protect is protect
    assert deployed.one("PrivateKey", "web-key").options.protect is False


def test_a_new_key_revision_replaces_the_key(deploy: Deploy) -> None:
    triggers = {
        revision: provide(deploy, GeneratedCertificate(key_revision=revision))
        .one("PrivateKey", "web-key")
        .options.replacement_trigger.string_value
        for revision in ("", "2027-01")
    }

    # An empty trigger would not count when the first revision comes.
    assert triggers == {"": "revision ", "2027-01": "revision 2027-01"}


def test_a_new_key_of_an_authority_gives_it_another_name(deploy: Deploy) -> None:
    deployed = provide(deploy, GeneratedCertificate(ca_generations=(1, 2)))

    names = deployed.of("RandomId")
    assert [each.name for each in names] == ["web-ca-1-id", "web-ca-2-id"]
    assert [each.dependencies for each in names] == [frozenset({"web-ca-1-key"}), frozenset({"web-ca-2-key"})]
    assert all(each.inputs["keepers"] == {"key": "PUBLIC"} for each in names)


def test_the_longest_name_leaves_room_for_what_tells_authorities_apart(deploy: Deploy) -> None:
    deployed = deploy(sites.program("w" * 56))

    subject = deployed.one("SelfSignedCert").inputs["subject"]["commonName"]
    assert subject == f"{'w' * 52} CA 0a1b2c3d"
    assert len(subject) == 64
    assert deployed.one("RandomId").inputs["byteLength"] == len(bytes.fromhex("0a1b2c3d"))


def test_a_new_certificate_revision_replaces_the_certificate_alone(deploy: Deploy) -> None:
    deployed = provide(deploy, GeneratedCertificate(certificate_revision="2027-01"))

    assert deployed.one("LocallySignedCert").options.replacement_trigger.string_value == "revision 2027-01"
    assert deployed.one("PrivateKey", "web-key").options.replacement_trigger.string_value == "revision "


@pytest.mark.parametrize(("generations", "signer"), [((1,), 1), ((1, 2), 1), ((2, 1), 2), ((2,), 2)])
def test_a_change_of_the_ca_trusts_both_before_the_new_one_signs(
    deploy: Deploy, generations: tuple[int, ...], signer: int
) -> None:
    deployed = provide(deploy, GeneratedCertificate(ca_generations=generations))

    leaf = deployed.one("LocallySignedCert").inputs
    pems = {number: certificates.certificate_pem(f"web-ca-{number}", ca=True) for number in (1, 2)}
    assert leaf["caCertPem"] == pems[signer]
    bundle = deployed.one("ConfigMap", "web-ca").inputs["data"]["ca.crt"]
    assert bundle == "".join(pems[number] for number in sorted(generations))


@pytest.mark.parametrize(
    ("layout", "kind", "keys"),
    [
        ("tls", "kubernetes.io/tls", ["tls.crt", "tls.key"]),
        ("opaque", "Opaque", ["nginx.crt", "nginx.key"]),
    ],
)
def test_the_secret_has_the_wanted_layout(deploy: Deploy, layout: Any, kind: str, keys: list[str]) -> None:
    deployed = provide(deploy, GeneratedCertificate(secret_layout=layout))

    secret = deployed.one("Secret").inputs
    assert secret["type"] == kind
    assert sorted(secret["stringData"]) == keys
    (volume,) = [
        each
        for each in deployed.one("Deployment").inputs["spec"]["template"]["spec"]["volumes"]
        if each["name"] == "tls"
    ]
    assert [item["key"] for item in volume["secret"]["items"]] == keys
    assert [item["path"] for item in volume["secret"]["items"]] == ["tls.crt", "tls.key"]


def test_facts_of_a_generated_certificate_are_outputs(deploy: Deploy) -> None:
    facts = provide(deploy, GeneratedCertificate()).registered["web"]["certificate"]

    assert facts["serial"] == "1f2e3d"
    assert facts["notAfter"] == "2126-01-01T00:00:00Z"
    assert facts["renewAfter"] == "2125-12-02T00:00:00Z"
    assert len(facts["fingerprintSha256"]) == 64


def test_a_provided_key_is_secret_and_goes_to_the_secret_alone(deploy: Deploy) -> None:
    deployed = provide(deploy, PROVIDED)

    assert not deployed.of("PrivateKey")
    assert is_secret(deployed.one("Secret").wrapped["stringData"])
    assert deployed.one("Secret").inputs["stringData"]["tls.crt"] == WWW
    assert deployed.one("ConfigMap", "web-ca").inputs["data"] == {"ca.crt": CA}
    assert deployed.registered["web"]["certificate"].get("renewAfter") is None


def test_a_provided_key_is_not_shown() -> None:
    assert "PRIVATE" not in repr(PROVIDED)


def test_an_existing_secret_is_mounted_as_it_is(deploy: Deploy) -> None:
    deployed = provide(
        deploy,
        ExistingSecret(
            secret_name="theirs", certificate_key="a.pem", private_key_key="b.pem",
            ca_config_map="their-ca",
        ),
    )  # fmt: skip

    pod = deployed.one("Deployment").inputs["spec"]["template"]["spec"]
    (volume,) = [each for each in pod["volumes"] if each["name"] == "tls"]
    assert volume["secret"]["secretName"] == "theirs"
    assert [item["key"] for item in volume["secret"]["items"]] == ["a.pem", "b.pem"]
    assert not deployed.of("Secret")
    outputs = deployed.registered["web"]
    assert outputs["ca_config_map"] == "their-ca"
    assert outputs["urls"] == ["https://www.example.com/"]
    assert outputs.get("certificate") is None
    assert "ssl_certificate_cache" in deployed.one("ConfigMap", "config").inputs["data"]["nginx.conf"]


@pytest.mark.parametrize(
    "source",
    [ExistingSecret(secret_name="theirs", ca=CA), CertManagerCertificate(issuer="company", ca=CA)],
    ids=lambda source: type(source).__name__,
)
def test_a_given_authority_is_told_and_kept_for_clients(deploy: Deploy, source: Any) -> None:
    deployed = provide(deploy, source)

    assert deployed.registered["web"]["ca_certificate"] == CA
    authority = deployed.one("ConfigMap", "web-ca")
    assert (authority.inputs["data"], authority.parent) == ({"ca.crt": CA}, "web")


def test_cert_manager_is_asked_for_the_names_and_waited_for(deploy: Deploy) -> None:
    deployed = provide(
        deploy,
        CertManagerCertificate(issuer="company", issuer_kind="ClusterIssuer", key_algorithm="RSA-2048", ca=CA),
    )

    certificate = deployed.one("Certificate").inputs
    assert certificate["metadata"]["annotations"]["pulumi.com/waitFor"] == "condition=Ready"
    spec = certificate["spec"]
    assert spec["issuerRef"] == {
        "name": "company", "kind": "ClusterIssuer", "group": "cert-manager.io",
    }  # fmt: skip
    assert (spec["duration"], spec["renewBefore"]) == ("2160h", "720h")
    assert spec["privateKey"]["algorithm"] == "RSA"
    assert spec["privateKey"]["size"] == 2048
    assert "web.shop.svc" in spec["dnsNames"]
    assert "www.example.com" in spec["dnsNames"]
    assert spec["secretName"] == certificate["metadata"]["name"] == "web-tls"
    assert "web-certificate" in deployed.one("Deployment").dependencies


def test_a_publicly_trusted_certificate_needs_no_ca(deploy: Deploy) -> None:
    deployed = provide(deploy, CertManagerCertificate(issuer="public", public_trust=True))

    assert not [each for each in deployed.of("ConfigMap") if each.name == "web-ca"]
    assert deployed.registered["web"].get("ca_config_map") is None
