"""The probe's script and a site whose authority is among the public ones, as far as this machine is concerned."""

import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.probe.harness import HOST, LOOPBACK, Answers, Authority, Probe, Site, server_context

PUBLIC = Path("/etc/ssl/certs/ca-certificates.crt")


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path, "public")


@pytest.fixture
def site(authority: Authority) -> Iterator[Site]:
    running = Site(Answers(), server_context(authority.leaf(HOST)), (LOOPBACK, 0))
    yield running
    running.shutdown()
    running.server_close()


@pytest.fixture
def probe(tmp_path: Path, site: Site) -> Probe:
    """The authority that it is given is another one, which must not matter."""
    probe = Probe(tmp_path / "plan", Authority(tmp_path, "given").file)
    probe.add(site.port, trust="public")
    return probe


def test_a_site_of_a_public_authority_is_verified(probe: Probe, authority: Authority, tmp_path: Path) -> None:
    bundle = tmp_path / "bundle.crt"
    bundle.write_text(PUBLIC.read_text() + authority.file.read_text())
    # In a mount namespace of its own, where curl finds this bundle in the place of the machine's.
    show = f"mount --bind {shlex.quote(str(bundle))} {PUBLIC} && exec /usr/bin/curl " + '"$@"'
    probe.stub("curl", f'exec unshare --mount sh -c {shlex.quote(show)} curl "$@"')

    run = probe.run()

    assert run.code == 0, run.report
    assert run.facts[0]["verdict"] == "verified"


def test_an_authority_that_is_not_among_them_is_not_trusted(probe: Probe) -> None:
    run = probe.run()

    assert run.code == 1
    assert "curl exit 60 (certificate or host name not trusted)" in run.report
