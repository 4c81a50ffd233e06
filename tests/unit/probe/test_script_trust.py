"""The real probe.sh and certificates: which are trusted, which are refused."""

import contextlib
import re
import socket
import ssl
import struct
import threading
import time
from pathlib import Path

import pytest

from components._probe.options import Timing
from components._probe.targets import Expectations
from tests.unit.probe.harness import (
    HOST,
    LOOPBACK,
    QUICK,
    Authority,
    Leaf,
    Probe,
    Serve,
    server_context,
)

NEVER_IN_TIME = Timing(wait_seconds=60, settle_seconds=60)
"""Longer than a test may take: what will never be trusted is not worth a wait."""


def test_another_authority_is_not_trusted(probe: Probe, serve: Serve, tmp_path: Path) -> None:
    impostor = Authority(tmp_path, "impostor").leaf(HOST)
    probe.settings(NEVER_IN_TIME)
    probe.add(serve(leaf=impostor).port)
    run = probe.run()
    assert run.code == 1
    assert "curl exit 60 (certificate or host name not trusted)" in run.report
    assert "unable to get local issuer certificate" in run.report


def test_a_certificate_for_another_name_is_not_trusted(probe: Probe, serve: Serve, authority: Authority) -> None:
    probe.settings(NEVER_IN_TIME)
    probe.add(serve(leaf=authority.leaf("other.test")).port)
    run = probe.run()
    assert run.code == 1
    assert "curl exit 60 (certificate or host name not trusted)" in run.report
    assert HOST in run.report


@pytest.mark.parametrize(
    ("name", "answers", "expect"),
    [
        ("other.test", {}, Expectations()),
        (HOST, {"status": 404}, Expectations()),
        (HOST, {}, Expectations(headers={"X-A": "lie"})),
        (HOST, {}, Expectations(min_days_left=31)),
    ],
)
def test_a_name_in_a_certificate_cannot_speak_for_the_probe(
    probe: Probe,
    serve: Serve,
    name: str,
    answers: dict[str, object],
    expect: Expectations,
) -> None:
    lies = (
        "x",
        "Expire date:Jan  1 00:00:00 2099 GMT",
        "probe:exit=0",
        "probe:status=200",
        "probe:header=x-a=lie",
    )
    site = serve(names=(name, "\n".join(lies)), **answers)
    probe.add(site.port, expect=expect)
    assert probe.run().code == 1


def test_a_certificate_in_a_name_is_not_taken_for_the_served_one(
    probe: Probe, serve: Serve, authority: Authority
) -> None:
    issued = authority.leaf(HOST)
    forged = f"x\n-----BEGIN CERTIFICATE-----\n{issued.pin.base64}\n-----END CERTIFICATE-----"
    probe.settings(QUICK, pin=issued.pin)
    probe.add(serve(names=(HOST, forged)).port)
    run = probe.run()
    assert run.code == 1
    assert "served certificates: expected 1, found 2" in run.report


def test_an_expired_certificate_is_not_trusted(probe: Probe, serve: Serve, authority: Authority) -> None:
    probe.settings(NEVER_IN_TIME)
    probe.add(serve(leaf=authority.leaf(HOST, days=-2)).port)
    run = probe.run()
    assert run.code == 1
    assert "curl exit 60" in run.report
    assert "certificate has expired" in run.report


def test_another_certificate_of_the_same_authority_is_not_the_issued_one(
    probe: Probe, serve: Serve, authority: Authority
) -> None:
    issued = authority.leaf(HOST)
    probe.settings(QUICK, pin=issued.pin)
    probe.add(serve().port)
    run = probe.run()
    assert run.code == 1
    assert f"served certificate: expected the issued one (SHA-256 {issued.pin.sha256})" in run.text


@pytest.fixture(params=["another key", "without the name", "of the authority before"])
def outdated(request: pytest.FixtureRequest, authority: Authority, tmp_path: Path) -> Leaf:
    """What an old pod may still serve, by what an update has changed."""
    if request.param == "of the authority before":
        return Authority(tmp_path, "before").leaf(HOST)
    return authority.leaf(HOST if request.param == "another key" else "other.test")


def test_the_old_certificate_may_be_served_while_routing_settles(
    probe: Probe, serve: Serve, authority: Authority, outdated: Leaf
) -> None:
    issued = authority.leaf(HOST)
    old = serve(leaf=outdated)
    probe.settings(Timing(wait_seconds=5, settle_seconds=5), pin=issued.pin)
    probe.add(old.port)

    def roll() -> None:
        time.sleep(0.3)
        old.shutdown()
        old.server_close()
        serve(leaf=issued, port=old.port)

    rollout = threading.Thread(target=roll)
    rollout.start()
    run = probe.run()
    rollout.join()
    assert run.code == 0, run.text


def test_an_old_certificate_is_waited_for_no_longer_than_routing_takes_to_settle(
    probe: Probe, serve: Serve, authority: Authority, outdated: Leaf, tmp_path: Path
) -> None:
    looks = tmp_path / "looks"
    # A clock that goes on by a second whenever somebody looks at it.
    probe.stub("date", f'echo >>"{looks}"\necho "$(grep -c "" "{looks}") 2026-11-25T12:00:00Z"')
    probe.stub("sleep", ":")
    probe.settings(Timing(wait_seconds=9, settle_seconds=3), pin=authority.leaf(HOST).pin)
    probe.add(serve(leaf=outdated).port)
    run = probe.run()
    assert run.code == 1
    assert re.search("served certificate: expected the issued one|curl exit 60 .certificate or host name", run.report)
    assert "(after" not in run.report
    assert len(looks.read_text().splitlines()) == 1 + 4, "at the start, and from the first old one on for three seconds"


def test_the_issued_certificate_without_the_name_is_not_waited_for(
    probe: Probe, serve: Serve, authority: Authority
) -> None:
    issued = authority.leaf("other.test")
    probe.settings(NEVER_IN_TIME, pin=issued.pin)
    probe.add(serve(leaf=issued).port)
    run = probe.run()
    assert run.code == 1
    assert "curl exit 60 (certificate or host name not trusted)" in run.report


def test_where_another_certificate_than_the_issued_one_may_be_served_none_is_taken_for_an_old_one(
    probe: Probe, serve: Serve, authority: Authority
) -> None:
    probe.settings(NEVER_IN_TIME, pin=authority.leaf(HOST).pin)
    file = probe.add(serve(leaf=authority.leaf("other.test")).port)
    file.write_text(file.read_text().replace("pinned yes", "pinned no"))
    run = probe.run()
    assert run.code == 1
    assert "curl exit 60 (certificate or host name not trusted)" in run.report


def test_a_site_without_the_newest_tls_version_is_refused_where_that_is_the_minimum(
    probe: Probe, serve: Serve, authority: Authority
) -> None:
    context = server_context(authority.leaf(HOST))
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    probe.add(serve(context=context).port, expect=Expectations(tls_minimum="1.3"))
    run = probe.run()
    assert run.code == 1
    assert "curl exit 35 (TLS handshake failed)" in run.report


def test_negative_checks_are_part_of_the_verdict(probe: Probe, serve: Serve) -> None:
    probe.settings(Timing(), negative_checks=True)
    probe.add(serve().port)
    run = probe.run()
    assert run.code == 0, run.text
    assert [(fact["refusal"], fact["exit"], fact["how"]) for fact in run.facts[2:]] == [
        ("unrelated-ca", 60, "refused"),
        ("wrong-host", 60, "refused"),
        ("tls-1.1", 35, "refused"),
    ]


def test_a_failure_for_another_reason_is_no_refusal(probe: Probe, serve: Serve) -> None:
    probe.settings(QUICK, negative_checks=True)
    probe.add(serve().port)
    (probe.folder / "unrelated.crt").unlink()
    run = probe.run()
    assert run.code == 1
    assert "FAILED unrelated-ca" in run.report
    assert "expected curl exit 60, found 77 (CA file not readable)" in run.report


def test_a_site_that_refuses_unknown_names_itself_passes_too(probe: Probe, serve: Serve, authority: Authority) -> None:
    def reject(_: object, name: str | None, __: object) -> int | None:
        return None if name == HOST else ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME

    context = server_context(authority.leaf(HOST))
    context.sni_callback = reject
    probe.settings(QUICK, negative_checks=True)
    probe.add(serve(context=context).port)
    run = probe.run()
    assert run.code == 0, run.text
    assert {"refusal": "wrong-host", "how": "refused by the site", "exit": 35} in run.facts


def test_a_site_that_accepts_tls_1_1_is_refused(probe: Probe, serve: Serve, authority: Authority) -> None:
    probe.settings(Timing(), negative_checks=True)
    context = server_context(authority.leaf(HOST), oldest=ssl.TLSVersion.TLSv1_1)
    site = serve(context=context)
    probe.add(site.port)
    run = probe.run()
    assert run.code == 1
    assert f"FAILED tls-1.1 at 127.0.0.1:{site.port}: expected curl exit 35, found 60" in run.report


def test_a_missing_ca_is_named_as_that(probe: Probe, serve: Serve, tmp_path: Path) -> None:
    probe.ca = tmp_path / "missing.crt"
    probe.add(serve().port)
    run = probe.run()
    assert run.code == 1
    assert "curl exit 77 (CA file not readable)" in run.report


def test_a_certificate_that_begins_in_a_moment_is_waited_for(probe: Probe, serve: Serve, authority: Authority) -> None:
    probe.settings(Timing(wait_seconds=10))
    probe.add(serve(leaf=authority.leaf(HOST, begins_in=2)).port)
    assert probe.run().code == 0


def test_a_connection_that_is_broken_off_refuses_nothing_before_the_site_answers(
    probe: Probe, serve: Serve, authority: Authority
) -> None:
    proxy = socket.create_server((LOOPBACK, 0))
    port = proxy.getsockname()[1]

    def hang_up() -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = proxy.accept()
                # Closed with a reset.
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                connection.close()

    def come_up() -> None:
        proxy.shutdown(socket.SHUT_RDWR)
        proxy.close()
        serve(context=server_context(authority.leaf(HOST), oldest=ssl.TLSVersion.TLSv1_1), port=port)

    threading.Thread(target=hang_up, daemon=True).start()
    site = threading.Timer(0.8, come_up)
    site.start()
    probe.settings(Timing(wait_seconds=10), negative_checks=True)
    probe.add(port)
    run = probe.run()
    site.join()
    assert run.code == 1, run.text
    assert f"FAILED tls-1.1 at 127.0.0.1:{port}: expected curl exit 35, found 60" in run.report


def test_whom_the_image_trusts_may_be_in_a_variable(probe: Probe, serve: Serve) -> None:
    probe.add(serve().port, trust="public")
    assert probe.run().code == 1
    assert probe.run(CURL_CA_BUNDLE=str(probe.ca)).code == 0
    assert probe.run(SSL_CERT_FILE=str(probe.ca)).code == 0
