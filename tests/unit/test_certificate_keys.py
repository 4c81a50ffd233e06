"""Keys of certificates that are given: clients take some kinds alone."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from tests.unit import certificates
from tests.unit.test_bad_certificates import provided


@pytest.mark.parametrize(
    ("certificate", "complaints"),
    [
        (
            certificates.certificate_for("odd", ec.generate_private_key(ec.SECP256K1()).public_key()),
            [
                "certificate: 'CN=odd' must have a key that is RSA, Ed25519, or ECDSA on P-256, P-384 or P-521; "
                "issue a new certificate"
            ],
        ),
        (
            certificates.rsa_certificate_pem(1024),
            ["certificate: 'CN=rsa: RSA of 1024 bits' must have a key of 2048 bits at least; issue a new certificate"],
        ),
        (certificates.certificate_for("odd", ed25519.Ed25519PrivateKey.generate().public_key()), []),
        (certificates.certificate_for("odd", ec.generate_private_key(ec.SECP521R1()).public_key()), []),
    ],
    ids=["secp256k1", "RSA-1024", "Ed25519", "P-521"],
)
def test_a_key_is_one_that_clients_take(certificate: str, complaints: list[str]) -> None:
    problems = [str(problem) for problem in provided(certificate=certificate, private_key=None).problems()]

    assert [problem for problem in problems if problem.startswith("certificate: ")] == complaints
