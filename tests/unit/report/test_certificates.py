"""Certificates on the calendar, and their lives as lines."""

from datetime import timedelta
from typing import Any

import pytest

from report import certificates, survey, timeline
from report.certificates import Certificate
from tests.unit.report import made
from tests.unit.report.made import NOW

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def test_the_leaf_is_dated_by_outputs_and_state(dev: dict[str, Any]) -> None:
    (site,) = survey.make(made.facts(dev)).sites

    leaf = site.certificate
    assert leaf is not None
    assert (leaf.starts, leaf.renews, leaf.ends) == (NOW - 2 * HOUR, NOW + 14 * HOUR, NOW + 22 * HOUR)
    assert leaf.fingerprint == "ab" * 32


@pytest.mark.parametrize(("end", "another"), [("2026-11-25T10:00:00.987654321Z", False), (made.at(46), True)])
def test_another_one_in_the_state_leaves_open_which_is_served(dev: dict[str, Any], end: str, *, another: bool) -> None:
    made.of_kind(dev, "LocallySignedCert")["outputs"]["validityEndTime"] = end

    leaf = survey.make(made.facts(dev)).sites[0].certificate

    assert leaf is not None
    assert leaf.follower_ends == (NOW + 46 * HOUR if another else None)
    assert leaf.starts == (None if another else NOW - 2 * HOUR)
    assert leaf.phase(NOW + 30 * HOUR) == ("unclear" if another else "ended")


def test_the_authority_is_dated_by_the_state(dev: dict[str, Any]) -> None:
    (site,) = survey.make(made.facts(dev)).sites

    (authority,) = site.authorities
    assert authority.ends == NOW + (720 - 2) * HOUR
    assert authority.renews == authority.ends - 240 * HOUR


def test_an_authority_that_is_never_renewed_early_says_so(dev: dict[str, Any]) -> None:
    for each in dev["deployment"]["resources"]:
        each.get("inputs", {}).pop("earlyRenewalHours", None)

    (site,) = survey.make(made.facts(dev)).sites

    assert [each.renews for each in site.authorities] == [None]


def test_a_certificate_from_elsewhere_has_no_known_begin() -> None:
    outputs = {"certificate": {"notAfter": made.at(5), "renewAfter": None}}

    leaf = certificates.leaf(outputs, ())

    assert leaf == Certificate(what="certificate", ends=NOW + 5 * HOUR)
    assert timeline.of(leaf, NOW) is None


def test_a_certificate_that_somebody_else_renews_is_not_known() -> None:
    assert certificates.leaf({"certificate": None}, ()) is None
    assert certificates.leaf({}, ()) is None


def life(**more: Any) -> Certificate:
    return Certificate(**{"what": "certificate", "starts": NOW - 10 * HOUR, "ends": NOW + 10 * HOUR, **more})


@pytest.mark.parametrize(
    ("certificate", "phase"),
    [
        (life(), "fresh"),
        (life(renews=NOW + HOUR), "fresh"),
        (life(renews=NOW), "due"),
        (life(starts=NOW - 19 * HOUR), "fresh"),
        (life(starts=NOW - 21 * HOUR), "due"),
        (life(starts=None, ends=NOW + 29 * DAY), "due"),
        (life(starts=None, ends=NOW + 31 * DAY), "fresh"),
        (life(starts=NOW - 300 * DAY, ends=NOW + 31 * DAY), "fresh"),
        (life(starts=NOW - 300 * DAY, ends=NOW + 29 * DAY), "due"),
        (life(what="authority", starts=NOW - 21 * HOUR), "fresh"),
        (life(ends=NOW), "ended"),
        (life(ends=NOW, renews=NOW - HOUR), "ended"),
    ],
)
def test_a_life_has_phases(certificate: Certificate, phase: str) -> None:
    assert certificate.phase(NOW) == phase


def test_a_line_has_every_moment_in_its_place() -> None:
    line = timeline.of(life(renews=NOW + 5 * HOUR), NOW)

    assert line is not None
    assert line.renewal is not None
    marks = (line.begin, line.today, line.renewal, line.end)
    assert [(mark.percent, mark.anchor) for mark in marks] == [(0, "start"), (50, "end"), (75, "end"), (100, "end")]
    assert line.renewal.text == "renewal from 24 Nov, 17:00"


def test_in_a_long_life_the_year_matters_more_than_the_time_of_day() -> None:
    line = timeline.of(life(ends=NOW + 2000 * HOUR, renews=NOW + 1900 * HOUR), NOW)

    assert line is not None
    assert line.renewal is not None
    assert line.renewal.text == "renewal from 11 Feb 2027"


def test_a_line_without_renewal_has_no_mark_for_it() -> None:
    line = timeline.of(life(), NOW + 30 * HOUR)

    assert line is not None
    assert line.renewal is None
    assert line.today.percent == 100


def test_a_life_that_ends_before_it_begins_is_no_line() -> None:
    assert timeline.of(life(starts=NOW, ends=NOW), NOW) is None
