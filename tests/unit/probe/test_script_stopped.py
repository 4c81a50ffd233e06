"""The real probe.sh where there is no time for a verdict, or no place for it."""

from pathlib import Path
from typing import Any

from components._probe.options import Timing
from tests.unit.probe.harness import HOST, Answers, Probe, Serve, free_port

NAMES = ("service", "short-name", "cluster-ip")


def noted(probe: Probe, program: str, *, time: int = 1) -> Path:
    """A file that is there as soon as a program is run for the time so numbered."""
    folder = probe.folder / "noted"
    folder.mkdir()
    count = f'n=1\nwhile [ -e "{folder}/$n" ]; do n=$((n + 1)); done\necho >"{folder}/$n"'
    probe.stub(program, f'{count}\nPATH=${{PATH#*:}}\nexec {program} "$@"')
    return folder / str(time)


def test_everybody_who_hangs_is_named_before_the_pod_is_stopped(probe: Probe, serve: Serve) -> None:
    site = serve(delay=30)
    probe.settings(Timing(wait_seconds=3, deadline_seconds=13))
    for name in NAMES:
        probe.add(site.port, name=name)

    run = probe.run()

    assert run.code == 1
    for name in NAMES:
        assert f"FAILED {name} https://{HOST}:443/ via 127.0.0.1:{site.port}: curl exit 28 (timed out)" in run.report
    assert run.seconds < 13


def test_a_slow_target_has_its_time_once_everybody_has_been_asked(probe: Probe, serve: Serve) -> None:
    slow = serve(delay=1.3)
    fast = serve()
    probe.settings(Timing(wait_seconds=10, deadline_seconds=14))
    probe.add(slow.port, name="slow")
    for name in NAMES:
        probe.add(fast.port, name=name)

    run = probe.run()

    assert run.code == 0, run.text
    assert run.facts[-1]["total_s"] < run.facts[1]["total_s"]


def test_who_is_stopped_names_at_once_whom_nothing_is_known_of(probe: Probe, serve: Serve) -> None:
    site = serve(delay=30)
    probe.settings(Timing(), negative_checks=True)
    for name in NAMES:
        probe.add(site.port, name=name)

    run = probe.run(stopped_when=noted(probe, "curl"))

    assert run.code == 2
    assert run.report == (
        "CANNOT JUDGE: stopped from outside before the verdict; no answer is known yet of "
        "service, short-name, cluster-ip, unrelated-ca, wrong-host, tls-1.1\n"
    )
    assert run.report == run.text


def test_who_is_stopped_just_before_the_shell_waits_is_told_nothing_by_the_shell(probe: Probe, serve: Serve) -> None:
    site = serve(delay=30)
    probe.plant("answers.sh", '    [ -z "$stopped" ] || stop\n', '    [ -z "$stopped" ] || stop\n    sleep 0.5\n')
    probe.settings(Timing())
    probe.add(site.port)

    run = probe.run(stopped_when=noted(probe, "curl"))

    assert run.code == 2
    assert run.report == run.text


class HangingLater(Answers):
    """A site that is not available, and then says nothing at all."""

    def __getattribute__(self, name: str) -> Any:
        if name != "delay":
            return super().__getattribute__(name)
        asked = self.__dict__["asked"] = self.__dict__.get("asked", 0) + 1
        return 0 if asked == 1 else 30


def test_who_is_stopped_while_asking_again_says_what_was_answered_before(probe: Probe, serve: Serve) -> None:
    site = serve()
    site.answers = HangingLater(status=503)
    probe.settings(Timing())
    probe.add(site.port)

    run = probe.run(stopped_when=noted(probe, "curl", time=2))

    assert run.code == 2
    failed, stopped = run.report.splitlines()
    assert failed.startswith("FAILED cluster-ip ")
    assert failed.endswith("status: expected 200, found 503")
    assert stopped.endswith("no answer is known yet of cluster-ip")


def test_who_is_stopped_between_two_rounds_says_why_there_was_to_be_another(probe: Probe) -> None:
    probe.settings(Timing())
    probe.add(free_port())

    run = probe.run(stopped_when=noted(probe, "sleep"))

    assert run.code == 2
    failed, stopped = run.report.splitlines()
    assert "curl exit 7 (connection refused or no route)" in failed
    assert stopped == "CANNOT JUDGE: stopped from outside before the verdict"


def test_who_is_stopped_while_a_name_is_resolved_names_its_target(probe: Probe) -> None:
    probe.add(443).write_text(f"name pods\nhost {HOST}\nevery-address 1\n")
    resolving = probe.folder / "resolving"
    probe.stub("getent", f'echo >"{resolving}"\nexec sleep 30')

    run = probe.run(stopped_when=resolving)

    assert run.report == "CANNOT JUDGE: stopped from outside before the verdict; no answer is known yet of pods\n"


def test_a_report_that_cannot_be_written_keeps_nobody_from_the_verdict(probe: Probe, serve: Serve) -> None:
    probe.report = probe.folder / "missing" / "termination-log"
    probe.add(serve().port)

    run = probe.run()

    assert run.code == 0, run.text
    assert run.facts[0]["verdict"] == "verified"
