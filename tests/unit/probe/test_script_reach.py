"""The real probe.sh and sites that are late, silent, or at several addresses."""

import threading
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


def test_nothing_listening_is_named_as_that(probe: Probe) -> None:
    port = free_port()
    probe.settings(Timing(wait_seconds=1))
    probe.add(port)
    run = probe.run()
    assert run.code == 1
    assert f"cluster-ip https://web.test:443/ via 127.0.0.1:{port}" in run.report
    assert "curl exit 7 (connection refused or no route)" in run.report
    assert "(after 1 s)" in run.report
    assert run.seconds < 3


def test_a_name_that_does_not_resolve_is_named_as_that(probe: Probe) -> None:
    file = probe.add(443)
    # A label of 64 characters is refused by every resolver without asking anybody.
    file.write_text(f"name short\nhost {'a' * 64}.invalid\n")
    run = probe.run()
    assert run.code == 1
    assert "curl exit 6 (name not resolved)" in run.report


def test_an_address_that_is_not_known_is_named_as_that(probe: Probe) -> None:
    file = probe.add(443)
    file.write_text("name load-balancer\nhost web.test\naddress -\n")
    run = probe.run()
    assert run.code == 1
    assert "FAILED load-balancer https://web.test:443/: no address" in run.report
    assert run.seconds < 1


def test_silence_is_named_as_a_timeout(probe: Probe, serve: Serve) -> None:
    probe.settings(Timing(request_seconds=1, wait_seconds=0))
    probe.add(serve(delay=2).port)
    run = probe.run()
    assert run.code == 1
    assert "curl exit 28 (timed out)" in run.report


def test_a_site_that_cannot_be_reached_is_said_once(probe: Probe) -> None:
    probe.settings(QUICK, negative_checks=True)
    probe.add(free_port())
    assert len(probe.run().report.splitlines()) == 1


def test_a_site_that_starts_late_turns_green(probe: Probe, serve: Serve) -> None:
    port = free_port()
    probe.settings(Timing(wait_seconds=10))
    probe.add(port)
    start = threading.Timer(0.8, lambda: serve(port=port))
    start.start()
    run = probe.run()
    start.join()
    assert run.code == 0, run.text


def test_a_site_that_is_unavailable_at_first_turns_green(probe: Probe, serve: Serve) -> None:
    site = serve(status=503)
    probe.settings(Timing(wait_seconds=10))
    probe.add(site.port)
    mend = threading.Timer(0.4, lambda: setattr(site.answers, "status", 200))
    mend.start()
    run = probe.run()
    mend.join()
    assert run.code == 0, run.text


def test_the_body_of_an_earlier_answer_does_not_count(probe: Probe, serve: Serve) -> None:
    site = serve(status=503)
    probe.settings(Timing(wait_seconds=5))
    probe.add(site.port, expect=WELCOME)

    def empty() -> None:
        site.answers.body, site.answers.status = b"", 200

    change = threading.Timer(0.3, empty)
    change.start()
    run = probe.run()
    change.join()
    assert run.code == 1, run.text
    assert "found a body without it" in run.report


def test_one_dead_target_hides_no_other(probe: Probe, serve: Serve, tmp_path: Path) -> None:
    probe.settings(Timing(wait_seconds=10))
    probe.add(free_port(), name="node-1")
    probe.add(serve(leaf=Authority(tmp_path, "impostor").leaf(HOST)).port, name="node-2")
    run = probe.run()
    assert run.code == 1
    assert "FAILED node-1" in run.report
    assert "FAILED node-2" in run.report
    assert run.seconds < 1, "a certificate that will never be trusted is not worth a wait"


@pytest.mark.parametrize(("at_least", "code"), [(2, 0), (3, 1)])
def test_every_address_of_a_name_is_judged_and_counted(probe: Probe, serve: Serve, at_least: int, code: int) -> None:
    pod = serve()
    serve(address="127.0.0.2", port=pod.port)
    _every_address(probe, pod.port, at_least)
    run = probe.run()
    assert run.code == code, run.text
    if code == 0:
        assert [fact["address"] for fact in run.facts[1:]] == [LOOPBACK, "127.0.0.2"]
    else:
        assert f"addresses of {HOST}: expected at least 3, found 2" in run.report


def test_one_bad_pod_behind_a_name_is_enough(probe: Probe, serve: Serve) -> None:
    pod = serve()
    serve(address="127.0.0.2", port=pod.port, status=404)
    _every_address(probe, pod.port, 2)
    run = probe.run()
    assert run.code == 1
    assert f"via 127.0.0.2:{pod.port}: status: expected 200, found 404" in run.report


def _every_address(probe: Probe, port: int, at_least: int) -> None:
    probe.add(port).write_text(f"name pods\nhost {HOST}\nport {port}\nevery-address {at_least}\n")
    lines = "127.0.0.1 STREAM web.test\n127.0.0.1 DGRAM\n127.0.0.2 STREAM\n127.0.0.2 DGRAM"
    probe.stub("getent", f"echo '{lines}'")
