"""The real probe.sh and certificates whose names hold lines: none is taken for a line of curl's or of its own."""

import shutil
from pathlib import Path

import pytest

from components._probe.targets import Expectations
from tests.unit.probe.harness import HOST, QUICK, Authority, Probe, Serve

_ENDED_WELL = "probe:exit=0\nprobe:status=200\nprobe:end"
# The date of a leaf counts if it comes before its certificate, which this one pretends to be.
_DATE = "Expire date:Nov {} 05:43:11 2099 GMT\n-----BEGIN CERTIFICATE-----"
# What an organisation can be called; `{}` stands for a command.
NAMES = [
    f"x\nprobe:about=target-1;{{}};exit\n{_ENDED_WELL}\ny",
    f"x\nprobe:about=target-1 https a[$({{}})] -\n{_ENDED_WELL}\ny",
    f"x\nprobe:about=target-1 https 1 -\nprobe:total=a[$({{}})]\n{_ENDED_WELL}\ny",
    f"x\n{_DATE.format('a[$({})]')}\ny",
    f"x\n{_DATE.format('08x')}\ny",
    f"x\n{_DATE.format('9').replace('Nov', '2099-a[$({})]-1')}\ny",
]
# With another shell, what a plain one calls an error can be a command.
SHELLS = [shell for shell in ("sh", "bash") if shutil.which(shell)]


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("name", NAMES)
def test_no_name_in_a_certificate_runs_a_command(
    probe: Probe, serve: Serve, authority: Authority, name: str, shell: str
) -> None:
    probe.shell = shell
    ran = probe.folder / "ran"
    leaf = authority.leaf(HOST, organization=name.format(f">{ran}"))
    probe.add(serve(leaf=leaf).port, expect=Expectations(min_days_left=31))

    run = probe.run()

    assert not ran.exists()
    assert run.code == 1, run.text


@pytest.mark.parametrize("name", NAMES)
def test_no_name_in_a_certificate_gives_a_verdict(probe: Probe, serve: Serve, authority: Authority, name: str) -> None:
    probe.settings(QUICK, pin=authority.leaf(HOST).pin)
    probe.add(serve(leaf=authority.leaf("other.test", organization=name.format(":"))).port)

    run = probe.run()

    assert run.code == 1
    assert "curl exit 60 (certificate or host name not trusted)" in run.report


@pytest.mark.parametrize(
    "name",
    [
        "Tests\nand Sons",
        "x\nprobe:end\nprobe:about=target-9 https 1 -\ny",
        "x\nprobe:about=\nprobe:exit=60\nprobe:status=\ny",
        "x\n* SSL connection using SSLv3 / NULL\ny",
        "x\nnext\n> GET\ny",
    ],
)
def test_a_name_of_several_lines_says_nothing_of_its_site(
    probe: Probe, serve: Serve, authority: Authority, name: str
) -> None:
    leaf = authority.leaf(HOST, organization=name)
    probe.settings(QUICK, pin=leaf.pin, negative_checks=True)
    probe.add(serve(leaf=leaf).port, expect=Expectations(min_days_left=30))

    run = probe.run()

    assert run.code == 0, run.text
    assert run.facts[1]["tls"].startswith("TLSv1.3 / TLS_")
    assert (run.facts[1]["status"], run.facts[1]["days_left"], run.facts[1]["pinned"]) == (200, 30, True)


def _marks(probe: Probe, seen: Path) -> set[str]:
    """How the script's own lines begin in a run, by what it has curl say."""
    probe.stub("curl", f'cp "$7" "{seen}"\nPATH=${{PATH#*:}}\nexec curl "$@"')
    assert probe.run().code == 0
    written = [line for line in seen.read_text().splitlines() if line.startswith("write-out = ")]
    return {line.split('"')[1].removesuffix("end\\n").rpartition("\\n")[2] for line in written}


def test_nobody_can_know_how_the_lines_of_a_run_begin(probe: Probe, serve: Serve, tmp_path: Path) -> None:
    probe.settings(QUICK, negative_checks=True)
    probe.add(serve().port)

    (first,), (second,) = (_marks(probe, tmp_path / "requests") for _ in range(2))

    assert first != second
    for mark in (first, second):
        assert len(bytes.fromhex(mark.removeprefix("probe-").removesuffix(":"))) >= 16


def test_who_cannot_have_a_random_number_does_not_judge(probe: Probe) -> None:
    probe.plant("requests.sh", "/dev/urandom)", "/dev/null)")
    probe.add(443)

    assert probe.run().report == "CANNOT JUDGE: /dev/urandom gives no random number\n"


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("exit=%{exitcode}", "exit="),
        ("total=%{time_total}", "total=a[0]"),
        ("=%{time_connect}' end;", "=%{time_connect}';"),
        ("=%{time_connect}' end;", "=%{time_connect}' end end;"),
    ],
)
def test_a_curl_that_does_not_answer_as_it_must_is_named_as_that(
    probe: Probe, serve: Serve, right: str, wrong: str
) -> None:
    probe.plant("requests.sh", right, wrong)
    probe.add(serve().port)

    run = probe.run()

    assert run.code == 2, run.text
    assert "CANNOT JUDGE: curl does not do what it must" in run.report


def test_only_a_target_of_the_plan_is_ever_read(probe: Probe) -> None:
    probe.plant("probe.sh", 'pending="$pending target-$number"', 'pending="target-1;exit"')
    probe.add(443)

    assert probe.run().report == "CANNOT JUDGE: not a target: target-1;exit\n"


@pytest.mark.parametrize("name", NAMES[:3])
def test_even_who_knew_how_the_lines_begin_would_be_believed_nothing(
    probe: Probe, serve: Serve, authority: Authority, name: str
) -> None:
    probe.plant("requests.sh", 'mark="probe-$*:"', "mark=probe:")
    ran = probe.folder / "ran"
    probe.add(serve(leaf=authority.leaf(HOST, organization=name.format(f">{ran}"))).port)

    run = probe.run()

    assert not ran.exists()
    assert run.code == 2
    assert "CANNOT JUDGE: curl does not do what it must" in run.report


def test_a_server_cannot_steer_the_terminal_of_who_reads_the_report(probe: Probe, serve: Serve) -> None:
    site = serve(headers={"X-Site": "a\x1b]0;owned\x07b"})
    probe.add(site.port, expect=Expectations(headers={"X-Site": "mine"}))

    run = probe.run()

    assert run.code == 1
    assert "\x1b" not in run.report
    assert "header x-site: expected mine, found a (cut off at a control character)\n" in run.report
