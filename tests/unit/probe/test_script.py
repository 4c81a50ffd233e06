"""The real probe.sh, by the real curl, against real TLS servers: what it asserts."""

import re
from pathlib import Path

import pytest

from components._probe.options import Timing
from components._probe.targets import Expectations
from tests.unit.probe.harness import (
    HOST,
    LOOPBACK,
    QUICK,
    Authority,
    Probe,
    Serve,
    free_port,
)

WELCOME = Expectations(body_text="Welcome to nginx!")


def test_a_good_site_is_verified_with_all_its_facts(probe: Probe, serve: Serve, authority: Authority) -> None:
    leaf = authority.leaf(HOST)
    site = serve(leaf=leaf, headers={"Strict-Transport-Security": "max-age=63072000"})
    expect = Expectations(
        body_text="Welcome to nginx!",
        body_regex="^<h1>.*</h1>$",
        headers={"Strict-Transport-Security": "max-age=63072000", "content-length": ""},
        tls_minimum="1.3",
        http_version="1.1",
        min_days_left=30,
        max_latency_ms=5000,
    )
    probe.settings(QUICK, pin=leaf.pin)
    probe.add(site.port, expect=expect)
    run = probe.run()
    assert run.code == 0, run.text
    assert run.report == run.text
    verdict, facts = run.facts
    assert verdict["verdict"] == "verified"
    assert verdict["sha256"] == leaf.pin.sha256
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", verdict["at"])
    assert facts["target"] == "cluster-ip"
    assert facts["url"] == f"https://{HOST}:443/"
    assert facts["address"] == LOOPBACK
    assert facts["status"] == 200
    assert facts["tls"].startswith("TLSv1.3 / TLS_")
    assert facts["days_left"] == 30
    assert facts["pinned"] is True
    assert 0 < facts["handshake_s"] < facts["total_s"]


def test_plain_http_is_asked_before_curl_learns_to_avoid_it(probe: Probe, serve: Serve) -> None:
    hsts = {"Strict-Transport-Security": "max-age=63072000"}
    served = serve(plain=True)
    for name in ("first", "second"):
        probe.add(
            serve(headers=hsts).port,
            name=name,
            expect=Expectations(http="served"),
            http_port=served.port,
        )
    assert probe.run().code == 0


@pytest.mark.parametrize(
    ("answers", "expect", "reason"),
    [
        ({"status": 404}, Expectations(), "status: expected 200, found 404"),
        ({"status": 503}, Expectations(), "status: expected 200, found 503 (after 0 s)"),
        (
            {"status": 301, "headers": {"Location": "https://elsewhere.test/"}},
            Expectations(),
            "status: expected 200, found 301 (redirect to https://elsewhere.test/)",
        ),
        (
            {"body": b"It works!\n"},
            WELCOME,
            'body: expected the text "Welcome to nginx!", found a body without it',
        ),
        (
            {},
            Expectations(body_regex="^Welcome"),
            "body: expected a line that matches ^Welcome, found a body without one",
        ),
        (
            {},
            Expectations(headers={"Strict-Transport-Security": ""}),
            "header strict-transport-security: expected any value, found none",
        ),
        (
            {"headers": {"Strict-Transport-Security": "max-age=0"}},
            Expectations(headers={"Strict-Transport-Security": "max-age=63072000"}),
            "header strict-transport-security: expected max-age=63072000, found max-age=0",
        ),
        ({}, Expectations(http_version="2"), "HTTP version: expected 2, found 1.1"),
        ({}, Expectations(min_days_left=31), "days left: expected at least 31, found 30"),
        ({"delay": 0.2}, Expectations(max_latency_ms=100), "latency: expected at most 100 ms"),
    ],
)
def test_an_assertion_that_fails_says_what_it_expected_and_found(
    probe: Probe,
    serve: Serve,
    answers: dict[str, object],
    expect: Expectations,
    reason: str,
) -> None:
    probe.add(serve(**answers).port, expect=expect)
    run = probe.run()
    assert run.code == 1
    assert reason in run.report
    assert run.report.startswith("FAILED cluster-ip https://web.test:443/ via 127.0.0.1:")


def test_a_day_that_is_not_whole_does_not_count(probe: Probe, serve: Serve, authority: Authority) -> None:
    site = serve(leaf=authority.leaf(HOST, days=30, hours=23))
    probe.add(site.port, expect=Expectations(min_days_left=31))

    assert "days left: expected at least 31, found 30" in probe.run().report


@pytest.mark.parametrize(
    ("wanted", "answers", "code"),
    [
        ("redirect", {"status": 308, "headers": {"Location": "https://web.test/"}}, 0),
        ("redirect", {"status": 308, "headers": {"Location": "http://web.test/"}}, 1),
        ("redirect", {}, 1),
        ("redirect", None, 1),
        ("closed", None, 0),
        ("closed", {}, 1),
        ("served", {}, 0),
        ("served", {"status": 204}, 0),
        ("served", {"status": 404}, 1),
    ],
)
def test_the_plain_http_port_does_what_it_must(
    probe: Probe,
    serve: Serve,
    wanted: str,
    answers: dict[str, object] | None,
    code: int,
) -> None:
    port = free_port() if answers is None else serve(plain=True, **answers).port
    probe.add(serve().port, expect=Expectations(http=wanted), http_port=port)  # type: ignore[arg-type]  # one of them
    run = probe.run()
    assert run.code == code, run.text
    assert (f"HTTP on port 80: expected {wanted}, found " in run.report) == bool(code)


@pytest.mark.parametrize(
    ("statuses", "status", "code"),
    [
        ((401,), 401, 0),
        ((200, 403), 403, 0),
        ((200, 403), 204, 0),
        ((401,), 403, 1),
        ((401,), 200, 1),
        ((200,), 301, 1),
    ],
    ids=["listed", "one-of-two", "as-good", "unlisted", "unguarded", "redirect"],
)
def test_plain_http_is_served_with_what_is_expected_over_tls(
    probe: Probe, serve: Serve, statuses: tuple[int, ...], status: int, code: int
) -> None:
    site = serve(status=statuses[0])
    expect = Expectations(statuses=statuses, http="served")
    probe.add(site.port, expect=expect, http_port=serve(plain=True, status=status).port)
    run = probe.run()
    assert run.code == code, run.text
    assert (f"HTTP on port 80: expected served, found status {status}" in run.report) == bool(code)


def test_the_report_of_twelve_targets_fits_into_a_termination_message(probe: Probe, serve: Serve) -> None:
    probe.settings(Timing(), negative_checks=True)
    port = serve().port
    for number in range(12):
        probe.add(port, name=f"target-{number}", expect=WELCOME)
    run = probe.run()
    assert run.code == 0, run.text
    assert len(run.facts) == 16
    assert len(run.report) < 3500, "Kubernetes cuts longer termination messages"


@pytest.mark.parametrize("text", ["$(touch pwned)", "`touch pwned`", "'; touch pwned; '", "-e *"])
def test_values_are_data_and_never_code(probe: Probe, serve: Serve, tmp_path: Path, text: str) -> None:
    site = serve(body=f"a {text} b\n".encode(), headers={"X-Text": text})
    expect = Expectations(body_text=text, headers={"X-Text": text})
    probe.add(site.port, expect=expect)
    run = probe.run()
    assert run.code == 0, run.text
    assert not list(tmp_path.rglob("pwned"))
    assert not Path("pwned").exists()


def test_an_image_without_a_program_is_named_as_that(probe: Probe, tmp_path: Path) -> None:
    probe.add(443)
    run = probe.run(PATH=str(tmp_path / "empty"))
    assert run.code == 2
    assert run.report == "CANNOT JUDGE: the image has no curl\n"


def test_an_unknown_line_in_the_plan_is_an_error(probe: Probe) -> None:
    file = probe.add(443)
    file.write_text(file.read_text() + "stauts 404\n")
    run = probe.run()
    assert run.code == 2
    assert "CANNOT JUDGE: unknown key of target cluster-ip: stauts 404" in run.report


def test_a_bad_regular_expression_is_named_as_that(probe: Probe, serve: Serve) -> None:
    probe.add(serve().port, expect=Expectations(body_regex="a(b"))
    run = probe.run()
    assert run.code == 2
    assert run.report == "CANNOT JUDGE: not a regular expression: a(b\n"
