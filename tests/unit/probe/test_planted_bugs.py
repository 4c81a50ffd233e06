"""The probe's own safety net: a bug planted in it must not go unnoticed."""

from pathlib import Path

import pytest

from components._probe.options import Timing
from components._probe.targets import Expectations
from tests.unit.probe.harness import HOST, QUICK, Authority, Probe, Serve


def test_a_probe_that_verifies_nothing_fails_its_negative_checks(probe: Probe, serve: Serve) -> None:
    probe.settings(Timing(), negative_checks=True)
    probe.plant("requests.sh", 'noproxy = \\"*\\"', "insecure")
    site = serve()
    place = f"127.0.0.1:{site.port}"
    probe.add(site.port)
    run = probe.run()
    assert run.code == 1
    assert f"FAILED unrelated-ca at {place}: expected curl exit 60, found 0" in run.text
    assert f"FAILED wrong-host at {place}: expected curl exit 60, found 0" in run.text


def test_a_probe_that_trusts_the_unrelated_authority_fails_its_negative_checks(probe: Probe, serve: Serve) -> None:
    probe.settings(Timing(), negative_checks=True)
    (probe.folder / "unrelated.crt").write_bytes(probe.ca.read_bytes())
    probe.add(serve().port)
    run = probe.run()
    assert run.code == 1
    assert "FAILED unrelated-ca" in run.text


def test_a_probe_that_reads_the_wrong_authority_does_not_pass(probe: Probe, serve: Serve) -> None:
    probe.plant("requests.sh", "authority=$ca", 'authority="$here/unrelated.crt"')
    probe.add(serve().port)
    run = probe.run()
    assert run.code == 1
    assert "curl exit 60" in run.text


@pytest.mark.parametrize(
    "bug",
    [
        ('*" $status "*)', "*)", Expectations(statuses=(404,))),
        ('[ -n "$body_text" ]', "false", Expectations(body_text="absent")),
        ('[ -n "$body_regex" ]', "false", Expectations(body_regex="absent")),
        ("&& check_headers", "", Expectations(headers={"absent": ""})),
        ('[ -n "$days_left" ]', "false", Expectations(min_days_left=31)),
        ('[ -z "$http_version" ]', "true", Expectations(http_version="2")),
        ('[ -n "$certificate" ]', "false", None),
    ],
)
def test_only_the_assertion_itself_turns_its_fault_red(
    probe: Probe,
    serve: Serve,
    authority: Authority,
    bug: tuple[str, str, Expectations | None],
) -> None:
    assertion, without, expect = bug
    probe.settings(QUICK, pin=authority.leaf(HOST).pin if expect is None else None)
    probe.add(serve().port, expect=expect)
    assert probe.run().code == 1
    probe.plant("assertions.sh", assertion, without)
    assert probe.run().code == 0


@pytest.mark.parametrize(
    "bug",
    [
        (True, "then\n            outcome=stale", "then\n            outcome=passed"),
        (False, "outcome=failed\n        if is_late", "outcome=passed\n        if is_late"),
    ],
)
def test_a_probe_that_takes_mistrust_for_a_pass_does_not_pass(
    probe: Probe, serve: Serve, authority: Authority, tmp_path: Path, bug: tuple[bool, str, str]
) -> None:
    pinned, right, wrong = bug
    probe.settings(QUICK, pin=authority.leaf(HOST).pin if pinned else None)
    probe.plant("assertions.sh", right, wrong)
    probe.add(serve(leaf=Authority(tmp_path, "impostor").leaf(HOST)).port)

    run = probe.run()

    assert run.code == 2, run.text
    assert "CANNOT JUDGE: cluster-ip https://web.test:443/" in run.report
    assert "passed without any facts" in run.report


def test_every_request_names_its_only_authority(probe: Probe, serve: Serve, tmp_path: Path) -> None:
    seen = tmp_path / "requests"
    probe.settings(Timing(), negative_checks=True)
    probe.add(serve().port)
    probe.stub("curl", f'cp "$7" "{seen}"\nPATH=${{PATH#*:}}\nexec curl "$@"')
    assert probe.run().code == 0
    requests = [block.splitlines() for block in seen.read_text().split("next\n")]
    assert len(requests) == 4
    folders = set()
    for lines in requests:
        assert 'proto = "=https"' in lines
        assert len([line for line in lines if line.startswith("cacert = ")]) == 1
        assert not [line for line in lines if line.startswith(("retry", "location"))]
        folders |= {line for line in lines if line.startswith("capath = ")}
    assert len(folders) == 4, "no connection is shared, and the system's authorities never count"
    assert not [folder for folder in folders if Path(folder.split('"')[1]).exists()]
