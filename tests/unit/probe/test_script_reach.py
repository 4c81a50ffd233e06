"""The real probe.sh and sites that are late, silent, or at several addresses."""

import shutil
import subprocess
import threading
from pathlib import Path
from typing import Any

import pytest

from components._probe.options import Timing
from components._probe.targets import Expectations
from tests.unit.probe.harness import (
    HOST,
    LOOPBACK,
    QUICK,
    Answers,
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


def test_silence_is_named_as_a_timeout(probe: Probe, serve: Serve) -> None:
    probe.settings(Timing(request_seconds=1, wait_seconds=0))
    probe.add(serve(delay=2).port)
    run = probe.run()
    assert run.code == 1
    assert "curl exit 28 (timed out)" in run.report


def test_a_slow_site_has_the_time_of_a_request_though_it_is_not_asked_again(probe: Probe, serve: Serve) -> None:
    probe.settings(Timing(request_seconds=5, wait_seconds=0))
    probe.add(serve(delay=1.3).port)
    run = probe.run()
    assert run.code == 0, run.text


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
    # Longer than a test may take: a certificate that will never be trusted is not worth a wait.
    probe.settings(Timing(wait_seconds=60))
    probe.add(free_port(), name="node-1")
    probe.add(serve(leaf=Authority(tmp_path, "impostor").leaf(HOST)).port, name="node-2")
    run = probe.run()
    assert run.code == 1
    assert "FAILED node-1" in run.report
    assert "FAILED node-2" in run.report


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
        expected = "expected at least 3 of each family it has, found 2 of IPv4 and 0 of IPv6"
        assert f"addresses of {HOST}: {expected}" in run.report


# The servers of IPv4, by addresses that look like those of the other family.
FIRST, SECOND = "::ffff:127.0.0.1", "::ffff:127.0.0.2"


@pytest.mark.parametrize(
    ("addresses", "found"),
    [
        ((LOOPBACK, "127.0.0.2", FIRST, SECOND), ""),
        ((FIRST, SECOND), ""),
        ((LOOPBACK, FIRST), "1 of IPv4 and 1 of IPv6"),
        ((LOOPBACK, "127.0.0.2", FIRST), "2 of IPv4 and 1 of IPv6"),
        ((LOOPBACK, FIRST, SECOND), "1 of IPv4 and 2 of IPv6"),
        ((FIRST,), "0 of IPv4 and 1 of IPv6"),
        ((), "0 of IPv4 and 0 of IPv6"),
    ],
)
def test_a_pod_with_an_address_of_each_family_counts_once(
    probe: Probe, serve: Serve, addresses: tuple[str, ...], found: str
) -> None:
    pod = serve()
    serve(address="127.0.0.2", port=pod.port)
    _every_address(probe, pod.port, 2, addresses)
    run = probe.run()
    if found:
        assert run.code == 1, run.text
        assert f"addresses of {HOST}: expected at least 2 of each family it has, found {found}" in run.report
    else:
        assert run.code == 0, run.text
        assert len(run.facts) == 1 + len(addresses)


def test_one_bad_pod_behind_a_name_is_enough(probe: Probe, serve: Serve) -> None:
    pod = serve()
    serve(address="127.0.0.2", port=pod.port, status=404)
    _every_address(probe, pod.port, 2)
    run = probe.run()
    assert run.code == 1
    assert f"via 127.0.0.2:{pod.port}: status: expected 200, found 404" in run.report


def _every_address(
    probe: Probe, port: int, at_least: int, addresses: tuple[str, ...] = (LOOPBACK, "127.0.0.2")
) -> None:
    probe.add(port).write_text(f"name pods\nhost {HOST}\nport {port}\nevery-address {at_least}\n")
    lines = "\n".join(f"{address} STREAM web.test\n{address} DGRAM" for address in addresses)
    probe.stub("getent", f"echo '{lines}'")


def test_every_address_can_be_that_of_another_name(probe: Probe, serve: Serve) -> None:
    pod = serve()
    file = probe.add(pod.port)
    file.write_text(f"name pods\nhost {HOST}\naddress pods.test\naddress-port {pod.port}\nevery-address 1\n")
    probe.stub("getent", '[ "$2" = pods.test ] && echo "127.0.0.1 STREAM pods.test"')
    run = probe.run()
    assert run.code == 0, run.text
    assert run.facts[1]["url"] == f"https://{HOST}:443/"
    assert run.facts[1]["address"] == LOOPBACK


def test_an_image_in_which_nothing_lists_addresses_is_named_as_that(probe: Probe, serve: Serve, tmp_path: Path) -> None:
    pod = serve()
    _every_address(probe, pod.port, 1)
    probe.stub("curl", "exit 0")
    image = tmp_path / "image"
    image.mkdir()
    for tool in ("date", "grep", "sleep", "cat"):
        (image / tool).symlink_to(shutil.which(tool) or "")
    (probe.folder / "bin" / "getent").unlink()
    run = probe.run(PATH=f"{probe.folder / 'bin'}:{image}")
    assert "expected at least 1 of each family it has, found 0 of IPv4 and 0 of IPv6; the image has no getent, and" in (
        run.report
    )
    assert "curl lists addresses from 8.6 on" in run.report


class Flapping(Answers):
    """A site of which every other answer is bad."""

    def __getattribute__(self, name: str) -> Any:
        if name != "status":
            return super().__getattribute__(name)
        asked = self.__dict__["asked"] = self.__dict__.get("asked", 0) + 1
        return 200 if asked % 2 else 503


def test_a_site_that_answers_well_only_at_times_is_refused(probe: Probe, serve: Serve) -> None:
    site = serve()
    site.answers = Flapping()
    probe.stub("sleep", ":")
    probe.settings(Timing(wait_seconds=20))
    for name in ("node-1", "node-2", "node-3"):
        probe.add(site.port, name=name)
    run = probe.run()
    assert run.code == 1, run.text
    assert "status: expected 200, found 503 (it answers, but not each time)" in run.report


def test_a_port_that_accepts_and_is_silent_is_not_closed(probe: Probe, serve: Serve) -> None:
    probe.settings(Timing(request_seconds=1, wait_seconds=0))
    silent = serve(plain=True, delay=2)
    probe.add(serve().port, expect=Expectations(http="closed"), http_port=silent.port)
    run = probe.run()
    assert run.code == 1, run.text
    assert "HTTP on port 80: expected closed, found curl exit 28 (timed out)" in run.report


@pytest.mark.parametrize(
    ("exit_code", "connected", "error", "dropped"),
    [
        (28, "0.000000", "Failed to connect to web.test port 80 after 1002 ms: Timeout was reached", True),
        (28, "0.000000", "Connection timed out after 1001 milliseconds", True),
        (28, "0.000000", "Resolving timed out after 1001 milliseconds", False),
        (28, "0.000312", "Operation timed out after 1000 milliseconds with 0 bytes received", False),
        (6, "0.000000", "Could not resolve host: web.test", False),
    ],
)
def test_only_what_nothing_answers_is_dropped(
    probe: Probe, exit_code: int, connected: str, error: str, dropped: bool
) -> None:
    program = '. "$0/assertions.sh"; exit_code=$1 connected=$2 error=$3; is_dropped'
    asked = ["sh", "-c", program, str(probe.folder), str(exit_code), connected, error]

    assert (subprocess.run(asked, check=False).returncode == 0) == dropped
