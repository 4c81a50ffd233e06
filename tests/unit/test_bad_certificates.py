"""Wrong certificates: each is refused before anything is declared, and its field is named."""

import datetime
from typing import Any

import pulumi
import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID

from components import (
    CertManagerCertificate,
    ExistingSecret,
    GeneratedCertificate,
    Problem,
    ProvidedCertificate,
)
from tests.unit import certificates, sites
from tests.unit.harness import Deploy
from tests.unit.sites import mistake

CA = certificates.certificate_pem("ca", ca=True)
WWW = certificates.certificate_pem("www", dns_names=("www.example.com", "*.example.org"))
KEY = certificates.key_pem("www")
HOST = ("www.example.com",)
PAST = datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC)
ENDED = certificates.certificate_pem("www", not_after=PAST)
ENDED_CA = certificates.certificate_pem("ca", ca=True, not_after=PAST)
ENDED_CHAIN = "".join(
    (
        certificates.certificate_pem("www", dns_names=HOST, issuer="middle"),
        certificates.certificate_pem("middle", ca=True, not_after=PAST),
    )
)
FOR_CLIENTS = certificates.certificate_pem("www", dns_names=HOST, uses=(ExtendedKeyUsageOID.CLIENT_AUTH,))


def provided(**changes: Any) -> ProvidedCertificate:
    return ProvidedCertificate(**{"certificate": WWW, "private_key": KEY, "ca": CA, **changes})


CASES = [
    mistake(
        "certificate.validity_hours",
        certificate=GeneratedCertificate(validity_hours=0, renew_before_hours=-1),
    ),
    mistake("certificate.renew_before_hours", certificate=GeneratedCertificate(renew_before_hours=-1)),
    mistake(
        "certificate.renew_before_hours",
        certificate=GeneratedCertificate(validity_hours=2, renew_before_hours=2),
    ),
    mistake(
        "certificate.ca_renew_before_hours",
        certificate=GeneratedCertificate(ca_renew_before_hours=43800),
    ),
    mistake(
        "certificate.validity_hours",
        certificate=GeneratedCertificate(validity_hours=2160, ca_renew_before_hours=2159),
    ),
    mistake("certificate.ca_generations", certificate=GeneratedCertificate(ca_generations=())),
    mistake("certificate.ca_generations", certificate=GeneratedCertificate(ca_generations=(1, 2, 3))),
    mistake("certificate.ca_generations", certificate=GeneratedCertificate(ca_generations=(0,))),
    mistake("certificate.ca_generations", certificate=GeneratedCertificate(ca_generations=(1, 1))),
    mistake("host_names", certificate=provided()),
    mistake("host_names", certificate=provided(), host_names=("*.example.org",)),
    mistake("certificate.certificate", certificate=provided(certificate="x"), host_names=HOST),
    mistake("certificate.certificate", certificate=provided(certificate=ENDED), host_names=()),
    mistake("certificate.certificate", certificate=provided(), host_names=("other.example.com",)),
    mistake("certificate.certificate", certificate=provided(), host_names=("192.0.2.1",)),
    mistake("certificate.certificate", certificate=provided(certificate=CA), host_names=HOST),
    mistake("certificate.certificate", certificate=provided(certificate=ENDED_CHAIN), host_names=HOST),
    mistake("certificate.certificate", certificate=provided(certificate=FOR_CLIENTS), host_names=HOST),
    mistake("certificate.ca", certificate=provided(ca=ENDED_CA), host_names=HOST),
    mistake("certificate.private_key", certificate=provided(private_key="x"), host_names=HOST),
    mistake(
        "certificate.private_key",
        certificate=provided(private_key=certificates.key_pem("other")),
        host_names=HOST,
    ),
    mistake(
        "certificate.certificate",
        certificate=provided(
            certificate=certificates.rsa_certificate_pem(1024),
            ca=None,
            public_trust=True,
            private_key=certificates.rsa_key_pem(1024),
        ),
        host_names=HOST,
    ),
    mistake("certificate.ca", certificate=provided(ca="x"), host_names=HOST),
    mistake("certificate.ca", certificate=provided(ca=WWW), host_names=HOST),
    mistake("certificate.ca", certificate=provided(ca=None), host_names=HOST),
    mistake(
        "certificate.ca",
        certificate=provided(ca=certificates.rsa_certificate_pem(1024)),
        host_names=HOST,
    ),
    mistake("certificate.ca", certificate=provided(public_trust=True), host_names=HOST),
    mistake(
        "certificate.certificate",
        certificate=provided(certificate=WWW + certificates.certificate_pem("stray")),
        host_names=HOST,
    ),
    mistake(
        "certificate.ca_config_map",
        certificate=provided(ca=None, ca_config_map="Not A Name"),
        host_names=HOST,
    ),
    mistake(
        "certificate.secret_name",
        certificate=ExistingSecret(secret_name="A", public_trust=True),
        host_names=HOST,
    ),
    mistake(
        "certificate.certificate_key",
        certificate=ExistingSecret(secret_name="a", certificate_key="a/b", public_trust=True),
        host_names=HOST,
    ),
    mistake(
        "certificate.private_key_key",
        certificate=ExistingSecret(secret_name="a", certificate_key="k", private_key_key="k", public_trust=True),
        host_names=HOST,
    ),
    mistake("host_names", certificate=ExistingSecret(secret_name="a", public_trust=True)),
    mistake("certificate.issuer", certificate=CertManagerCertificate(issuer="A", public_trust=True)),
    mistake("certificate.ca", certificate=CertManagerCertificate(issuer="a")),
    mistake(
        "certificate.renew_before_hours",
        certificate=CertManagerCertificate(issuer="a", renew_before_hours=0, public_trust=True),
    ),
]


UNKNOWN = "must have a key that is ECDSA or RSA; issue a new certificate"
UNKNOWN_CASES = [
    ({"private_key": certificates.of_unknown_curve(KEY)}, [f"private_key: '(PEM)' {UNKNOWN}"]),
    (
        {"certificate": certificates.of_unknown_curve(WWW)},
        [
            f"certificate: 'CN=www' {UNKNOWN}",
            "certificate: 'CN=www' is not signed by the given CA; add the intermediates, or give the right CA",
        ],
    ),
    (
        {"ca": certificates.of_unknown_curve(CA)},
        [
            f"ca: 'CN=ca' {UNKNOWN}",
            "certificate: 'CN=www' is not signed by the given CA; add the intermediates, or give the right CA",
        ],
    ),
]


@pytest.mark.parametrize(("changes", "complaints"), UNKNOWN_CASES, ids=["key", "certificate", "authority"])
def test_a_key_of_a_kind_that_is_not_known_hides_no_other_mistake(
    changes: dict[str, str], complaints: list[str]
) -> None:
    arguments = sites.args(certificate=provided(**changes), host_names=HOST, replicas=-1)

    found = [str(problem).removeprefix("certificate.") for problem in arguments.problems()]

    (replicas,) = set(found) - set(complaints)
    assert replicas.startswith("replicas: -1 ")
    assert set(complaints) < set(found)


def test_what_stands_between_leaf_and_authority_is_an_authority() -> None:
    leaf = certificates.certificate_pem("www", dns_names=HOST, issuer="middle")
    chains = [leaf + certificates.certificate_pem("middle", ca=ca) for ca in (True, False)]

    right, wrong = ([str(each) for each in provided(certificate=chain).problems()] for chain in chains)

    assert (right, wrong) == (
        [],
        ["certificate: 'CN=middle' is not a CA certificate; give the CA that signed the certificate"],
    )


KEY_TEXT = KEY.splitlines()[1]
BESIDE = {
    "key": KEY,
    "encrypted key": KEY.replace("PRIVATE", "ENCRYPTED PRIVATE"),
    "fewer dashes": KEY.replace("-----", "----"),
    "no end": KEY.partition("-----END")[0],
    "no beginning": "\n".join(KEY.splitlines()[1:]) + "\n",
    "one line": KEY.replace("\n", "\\n"),
    "parameters": "-----BEGIN EC PARAMETERS-----\nAAAA\n-----END EC PARAMETERS-----\n",
}


@pytest.mark.parametrize("field", ["certificate", "ca"])
@pytest.mark.parametrize("beside", BESIDE.values(), ids=BESIDE.keys())
def test_nothing_is_published_beside_certificates(field: str, beside: str) -> None:
    public = {"certificate": WWW, "ca": CA}[field]
    for text in (public + beside, beside.rstrip("\n") + "\n" + public):
        found = list(sites.args(certificate=provided(**{field: text}), host_names=HOST).problems())

        alone = [problem for problem in found if problem.remedy.startswith("must hold certificates alone; ")]
        assert [(each.field, each.value) for each in alone] == [(f"certificate.{field}", "(PEM)")]
        assert not [problem for problem in found if KEY_TEXT in str(problem)]


@pytest.mark.parametrize(
    "source", [ExistingSecret(secret_name="a", ca=CA + KEY), CertManagerCertificate(issuer="a", ca=CA + KEY)]
)
def test_no_key_is_published_as_an_authority_of_others(source: Any) -> None:
    assert "certificate.ca" in sites.fields_with_problems({"certificate": source, "host_names": HOST})


@pytest.mark.parametrize(("arguments", "field"), CASES)
def test_a_mistake_is_named_by_its_field(arguments: dict[str, Any], field: str) -> None:
    assert field in sites.fields_with_problems(arguments)


VALID: list[dict[str, Any]] = [
    {
        "certificate": provided(
            certificate=certificates.rsa_certificate_pem(2048), private_key=certificates.rsa_key_pem(2048)
        ),
        "host_names": HOST,
    },
    {"certificate": provided(), "host_names": ("www.example.com", "a.example.org")},
    {"certificate": provided(certificate=WWW + CA), "host_names": HOST},
    {"certificate": provided(ca=f"# The company's own: BEGIN of the list\n{CA}"), "host_names": HOST},
    {"certificate": provided(certificate=WWW.replace(" CERT", " X509 CERT")), "host_names": HOST},
    # As `openssl x509 -subject` writes it.
    {"certificate": provided(ca=f"subject=CN = BACKEND CA-1\n{CA}"), "host_names": HOST},
]


@pytest.mark.parametrize("arguments", VALID)
def test_what_is_right_is_accepted(arguments: dict[str, Any]) -> None:
    assert not list(sites.args(**arguments).problems())


def test_a_certificate_that_has_not_begun_is_refused() -> None:
    future = certificates.certificate_pem(
        "www",
        dns_names=HOST,
        not_before=datetime.datetime(2100, 1, 1, tzinfo=datetime.UTC),
    )

    problems = list(sites.args(certificate=provided(certificate=future), host_names=HOST).problems())

    assert problems == [
        Problem(
            field="certificate.certificate",
            value="CN=www, number 1 of 1, valid from 2100-01-01 00:00:00+00:00",
            remedy="has not begun; wait, or set the clock",
        )
    ]


def test_a_key_that_is_not_known_yet_is_not_checked(deploy: Deploy) -> None:
    found: list[Problem] = []

    def program() -> None:
        key = pulumi.Output.secret("x")
        found.extend(sites.args(certificate=provided(private_key=key), host_names=HOST).problems())

    deploy(program)

    assert not found


@pytest.mark.parametrize("key", ["garbage", None, certificates.key_pem("other")], ids=["garbage", "none", "another's"])
def test_a_key_is_checked_as_soon_as_it_is_known(deploy: Deploy, key: str | None) -> None:
    def program() -> None:
        sites.program(certificate=provided(private_key=pulumi.Output.secret(key)), host_names=HOST)()

    with pytest.raises(
        ValueError, match=r"SecureNginx 'web': \d problem.*\n  - certificate\.private_key: '\(PEM\)'"
    ) as error:
        deploy(program)
    assert "garbage" not in str(error.value)


def test_a_key_that_fits_goes_to_the_secret(deploy: Deploy) -> None:
    def program() -> None:
        sites.program(certificate=provided(private_key=pulumi.Output.secret(KEY)), host_names=HOST)()

    assert deploy(program).one("Secret").inputs["stringData"]["tls.key"] == KEY
