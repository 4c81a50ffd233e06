"""The plan as text, and the certificate pin in it: no server, no engine."""

import base64
import dataclasses
import hashlib

import pytest

from components._probe import plan
from components._probe.options import Timing
from components._probe.pin import pin_of
from components._probe.plan import Place
from components._probe.targets import Expectations, Target
from tests.unit import certificates

PLACE = Place(host="web.shop", port=443)


def lines(target: Target, place: Place = PLACE, expect: Expectations | None = None) -> list[str]:
    return plan.target_text(target, expect or Expectations(), place).splitlines()


def test_a_plain_target_has_only_what_it_needs() -> None:
    assert lines(Target(name="short-name", host="web.shop")) == [
        "name short-name",
        "host web.shop",
        "port 443",
        "path /",
        "trust given",
        "pinned yes",
        "statuses 200",
        "tls-minimum 1.2",
        "http ignored",
        "http-port 80",
    ]


def test_every_expectation_is_in_the_plan() -> None:
    expect = Expectations(
        statuses=(200, 204),
        body_text="  Welcome ",
        body_regex="^<h1>",
        headers={"X-B": "", "X-A": "one two"},
        tls_minimum="1.3",
        http_version="2",
        min_days_left=7,
        max_latency_ms=500,
        http="redirect",
        http_port=8080,
    )
    assert lines(Target(name="a", host="web.shop"), expect=expect)[6:] == [
        "statuses 200 204",
        "tls-minimum 1.3",
        "http-version 2",
        "body-text   Welcome ",
        "body-regex ^<h1>",
        "header x-a one two",
        "header x-b ",
        "days-left 7",
        "latency-ms 500",
        "http redirect",
        "http-port 8080",
    ]


def test_addresses_of_version_6_are_in_brackets() -> None:
    target = Target(name="a", host="2001:db8::1", address="2001:db8::2", address_port=30443)
    place = Place(host="2001:db8::1", port=8443, address="2001:db8::2", address_port=30443)
    assert lines(target, place)[1:6] == [
        "host [2001:db8::1]",
        "port 8443",
        "path /",
        "address [2001:db8::2]",
        "address-port 30443",
    ]
    assert plan.description(target, place) == ("a: https://[2001:db8::1]:8443/ via [2001:db8::2]:30443")


@pytest.mark.parametrize("unknown", [None, ""])
def test_an_address_that_is_not_known_is_marked(unknown: str | None) -> None:
    target = Target(name="load-balancer", host="web.shop", address="192.0.2.1")
    place = Place(host="web.shop", port=443, address=unknown)
    assert "address -" in lines(target, place)
    assert plan.description(target, place).endswith("via an address not yet known:443")


def test_the_pin_is_one_line() -> None:
    pin = pin_of(certificates.certificate_pem("leaf"))
    found = plan.settings_text(Timing(), negative_checks=True, pin=pin).splitlines()
    assert found[-2:] == [f"certificate {pin.base64}", f"fingerprint {pin.sha256}"]
    assert "pinned no" in lines(Target(name="a", host="web.shop", pinned=False))


@pytest.mark.parametrize(
    "wrong",
    [
        {"host": "web.shop\nstatuses 500"},
        {"host": "web shop"},
        {"port": 0},
        {"address": '1.2.3.4"'},
        {"address": "::1%x\npinned no"},
        {"address_port": 70000},
        {"http_address_port": -1},
        {"host": None},
        {"port": None},
    ],
    ids=["line", "blank", "port", "quote", "zone", "address-port", "http-address-port", "no-host", "no-port"],
)
def test_a_value_that_only_the_cluster_knows_is_checked_too(wrong: dict[str, object]) -> None:
    (field,) = wrong
    with pytest.raises(ValueError, match=rf"^probe target 'a': 1 problem\(s\)\n  - {field}: "):
        plan.place_of(Target(name="a", host="web.shop", address="192.0.2.1"), {**dataclasses.asdict(PLACE), **wrong})


def test_a_place_has_whole_numbers_for_ports() -> None:
    known = {"host": "web.shop", "port": 443.0, "address": None, "address_port": None, "http_address_port": 8080.0}

    place = plan.place_of(Target(name="a", host="web.shop"), known)

    assert place == Place(host="web.shop", port=443, http_address_port=8080)
    assert isinstance(place.port, int)


def test_settings_say_everything() -> None:
    text = plan.settings_text(Timing(), negative_checks=True)
    assert text.splitlines() == [
        "connect-seconds 3",
        "request-seconds 10",
        "wait-seconds 30",
        "settle-seconds 5",
        "run-seconds 45",
        "negative on",
    ]
    assert plan.settings_text(Timing(), negative_checks=False).endswith("negative off\n")


def test_the_pin_is_that_of_the_first_certificate() -> None:
    leaf = certificates.certificate_pem("leaf")
    pin = pin_of(leaf + certificates.certificate_pem("ca", ca=True))
    assert pin == pin_of(leaf.replace("\n", "\r\n"))
    der = base64.b64decode(pin.base64)
    assert pin.sha256 == hashlib.sha256(der).hexdigest()


def test_the_pin_is_that_of_the_first_certificate_whatever_its_block_is_called() -> None:
    leaf = certificates.certificate_pem("leaf")
    other = leaf.replace(" CERTIFICATE", " X509 CERTIFICATE")
    assert pin_of(other + certificates.certificate_pem("ca", ca=True)) == pin_of(leaf)


def test_a_key_beside_a_certificate_is_refused_without_being_shown() -> None:
    key = certificates.key_pem("leaf")
    with pytest.raises(ValueError, match=r"certificate_pem: '\(PEM\)' must hold certificates alone") as error:
        pin_of(certificates.certificate_pem("leaf") + key)
    assert key.splitlines()[1] not in str(error.value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no PEM",
        "-----BEGIN CERTIFICATE-----\n*\n-----END CERTIFICATE-----",
        "PRIVATE",
        "-----BEGIN CERTIFICATE-----\nMIIB*AAAA\n-----END CERTIFICATE-----",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----",
    ],
)
def test_what_is_no_certificate_is_refused_without_being_shown(text: str) -> None:
    with pytest.raises(ValueError, match=r"certificate_pem: '\(PEM\)' must be one or more certificates") as error:
        pin_of(text)
    assert str(error.value).startswith("a pinned certificate: 1 problem(s)\n")
    assert "PRIVATE" not in str(error.value)
