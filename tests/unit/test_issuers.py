"""Issuers of cert-manager's certificates: its own kinds, and those of other groups."""

import pytest

from components import CertManagerCertificate
from tests.unit import sites
from tests.unit.harness import Deploy

AWS = "awspca.cert-manager.io"
OWN = "must be one of: Issuer, ClusterIssuer"
OTHER = "must be a kind such as AWSPCAClusterIssuer"


def issuer(kind: str, group: str) -> CertManagerCertificate:
    return CertManagerCertificate(issuer="company", issuer_kind=kind, issuer_group=group, ca_config_map="company-ca")


@pytest.mark.parametrize(
    ("kind", "group", "remedy"),
    [
        pytest.param("AWSPCAClusterIssuer", "cert-manager.io", OWN, id="own-group"),
        pytest.param("issuer", "cert-manager.io", OWN, id="own-small"),
        pytest.param("clusterIssuer", AWS, OTHER, id="small"),
        pytest.param("", AWS, OTHER, id="empty"),
        pytest.param("Cluster Issuer", AWS, OTHER, id="blank"),
        pytest.param("I" * 64, AWS, OTHER, id="long"),
    ],
)
def test_a_kind_that_no_issuer_is_of_is_refused(kind: str, group: str, remedy: str) -> None:
    found = sites.args(certificate=issuer(kind, group)).problems()

    assert [str(problem) for problem in found] == [f"certificate.issuer_kind: {kind!r} {remedy}"]


@pytest.mark.parametrize(
    ("kind", "group"),
    [
        ("Issuer", "cert-manager.io"),
        ("ClusterIssuer", "cert-manager.io"),
        ("AWSPCAClusterIssuer", AWS),
        ("I" * 63, AWS),
    ],
    ids=["issuer", "cluster-issuer", "other-group", "longest"],
)
def test_an_issuer_may_be_of_any_group(kind: str, group: str, deploy: Deploy) -> None:
    spec = deploy(sites.program(certificate=issuer(kind, group))).one("Certificate").inputs["spec"]

    assert spec["issuerRef"] == {"name": "company", "kind": kind, "group": group}
