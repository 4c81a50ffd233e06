"""What a preview means for certificates."""

import datetime

import pytest

from previews import certificates
from previews.certificates import Certificate
from previews.digest import Preview
from previews.step import Step
from tests.unit.previews import recorded

NOW = datetime.datetime(2026, 11, 24, 12, 0, tzinfo=datetime.UTC)


def ends(**later: float) -> Certificate:
    return Certificate(site="", not_after=NOW + datetime.timedelta(**later), renew_after=None)


@pytest.mark.parametrize(
    ("certificate", "text"),
    [
        (ends(days=89.9), "89 days"),
        (ends(days=3), "3 days"),
        (ends(hours=71.9), "71 hours"),
        (ends(hours=1), "1 hour"),
        (ends(minutes=59), "0 hours"),
        (ends(seconds=0), "expired"),
        (ends(days=-3), "expired"),
    ],
)
def test_the_rest_of_a_life_is_said_in_whole_units(certificate: Certificate, text: str) -> None:
    assert certificate.left(NOW) == text


def test_the_certificates_of_all_sites_are_found() -> None:
    facts = {"notAfter": "2027-01-01T00:00:00Z", "renewAfter": "2026-12-01T00:00:00Z"}
    outputs = {
        "sites": {
            "shop": {"certificate": facts},
            "blog": {"certificate": {"notAfter": "2027-01-01T00:00:00Z"}},
            "old": {"certificate": {"notAfter": "soon"}},
            "naive": {"certificate": {"notAfter": "2027-01-01T00:00:00"}},
            "public": {"certificate": None},
            "odd": 3,
        }
    }

    shop, blog = certificates.in_use(Preview(stack="dev", old_outputs=outputs))

    assert (shop.site, blog.site) == ("shop", "blog")
    assert shop.renew_after == datetime.datetime(2026, 12, 1, tzinfo=datetime.UTC)
    assert blog.renew_after is None


def test_a_stack_with_one_site_has_one_certificate_without_a_name() -> None:
    (certificate,) = certificates.in_use(recorded.preview("no-change"))

    assert certificate.site == ""


def test_only_age_makes_a_renewal() -> None:
    (renewed,) = certificates.due(recorded.preview("renewal"))

    assert renewed.name == "my-nginx-certificate"
    assert certificates.due(recorded.preview("rotate-certificate")) == []
    assert len(certificates.reissued(recorded.preview("rotate-certificate"))) == 1
    assert certificates.reissued(recorded.preview("create")) == []


def test_pods_roll_when_their_template_changes() -> None:
    (rolling,) = certificates.rolling(recorded.preview("rotate-certificate"))

    assert (rolling.name, certificates.pods(rolling)) == ("my-nginx-deployment", "2 pods")
    assert certificates.rolling(recorded.preview("delete")) == []
    assert len(certificates.rolling(recorded.preview("replace"))) == 1


@pytest.mark.parametrize(
    ("spec", "text"),
    [({"replicas": 1}, "1 pod"), ({}, "its pods"), (None, "its pods"), ({"replicas": "?"}, "its pods")],
)
def test_pods_are_counted_where_their_number_is_known(spec: object, text: str) -> None:
    step = Step(operation="update", urn="u", kind="kubernetes:apps/v1:Deployment", name="a", new={"spec": spec})

    assert certificates.pods(step) == text
