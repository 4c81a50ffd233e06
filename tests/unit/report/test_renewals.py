"""What needs attention of certificates."""

from typing import Any

import pytest

from tests.unit.report import made
from tests.unit.report.reading import matters


def test_a_certificate_in_its_window_is_renewed_by_an_update(dev: dict[str, Any]) -> None:
    assert matters(dev, hours=15) == [
        "the certificate of my-nginx ends in 7 hours; to renew it: `make up`",
        "authority renews in 19 days",
    ]


def test_a_certificate_that_ended_is_trouble(dev: dict[str, Any]) -> None:
    found = matters(dev, hours=23)

    assert found[0] == "the certificate of my-nginx ended 60 minutes ago; a new one: `make up`"


def test_a_certificate_that_no_update_renews_names_the_setting_once_it_ended(dev: dict[str, Any]) -> None:
    dev["deployment"]["resources"][0]["outputs"]["certificate"]["renewAfter"] = None

    assert matters(dev, hours=23)[0] == (
        "the certificate of my-nginx ended 60 minutes ago; no update renews it: "
        "give a new one in the setting secure-nginx:certificate"
    )


@pytest.mark.parametrize(("hours", "due"), [(13, False), (15, True)])
def test_a_certificate_that_no_update_renews_is_due_in_its_last_third(
    dev: dict[str, Any], hours: float, *, due: bool
) -> None:
    dev["deployment"]["resources"][0]["outputs"]["certificate"]["renewAfter"] = None

    found = matters(dev, hours=hours)[0]

    assert found == (
        "the certificate of my-nginx ends in 7 hours; no update renews it: "
        "give a new one in the setting secure-nginx:certificate"
        if due
        else "leaf ends in 9 hours"
    )


def test_a_certificate_that_an_update_issued_and_did_not_prove_is_unclear(dev: dict[str, Any]) -> None:
    made.of_kind(dev, "LocallySignedCert")["outputs"]["validityEndTime"] = made.at(46)

    found = matters(dev, hours=23, history=[made.update("failed")])

    assert found[:2] == [
        "the last update failed; once mended: `make up`",
        "a new certificate of my-nginx was issued, and which one is served is not known; to settle it: `make up`",
    ]
    assert not [each for each in found if " ended " in each]


def test_what_a_running_update_has_issued_needs_nobody(dev: dict[str, Any]) -> None:
    made.of_kind(dev, "LocallySignedCert")["outputs"]["validityEndTime"] = made.at(46)

    assert matters(dev, history=[made.update("in-progress")]) == ["authority renews in 19 days"]


def test_an_authority_that_ended_is_replaced_by_an_update(dev: dict[str, Any]) -> None:
    made.of_kind(dev, "SelfSignedCert")["inputs"]["earlyRenewalHours"] = 0

    assert "the authority of my-nginx ended 0 seconds ago; a new one: `make up`" in matters(dev, hours=24 * 30 - 2)


def test_an_authority_in_its_window_is_renewed_by_an_update(dev: dict[str, Any]) -> None:
    dev["deployment"]["resources"].remove(made.of_kind(dev, "LocallySignedCert"))
    outputs = dev["deployment"]["resources"][0]["outputs"]
    outputs["certificate"] |= {"renewAfter": None, "notAfter": made.at(24 * 90)}

    found = matters(dev, hours=24 * 25)

    assert found == [
        "the authority of my-nginx ends in 4 days; to renew it: `make up`",
        "leaf ends in 65 days",
    ]


def test_a_site_whose_certificate_somebody_else_renews_has_nothing_due(dev: dict[str, Any]) -> None:
    dev["deployment"]["resources"][0]["outputs"]["certificate"] = None
    resources = dev["deployment"]["resources"]
    resources[:] = [each for each in resources if "SignedCert" not in each["type"]]

    assert matters(dev) == []
