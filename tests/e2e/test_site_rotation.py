"""Certificates that change while clients come: renewal, rotation on demand, and a change of the authority."""

import datetime
import ssl
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from tests.e2e import driver, site_stack
from tests.e2e.site_load import Load
from tests.e2e.site_stack import SiteStack


@pytest.fixture
def stack(project: Path) -> Iterator[SiteStack]:
    with site_stack.made(project, "rotation") as made:
        made.configure(service={"type": "NodePort"}, preStopSeconds=5)
        yield made


def test_a_leaf_in_its_renewal_window_is_renewed_by_the_next_update(stack: SiteStack) -> None:
    stack.up()
    before, pods, revision = stack.outputs(), stack.identities(), stack.revision()
    state = stack.export()
    leaf = next(each for each in state["deployment"]["resources"] if each["type"].endswith(":LocallySignedCert"))
    soon = datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=1)
    leaf["outputs"]["validityEndTime"] = soon.strftime("%Y-%m-%dT%H:%M:%SZ")
    stack.replace_state(state)

    stack.up()

    after = stack.proven()
    assert after["certificate"]["fingerprintSha256"] != before["certificate"]["fingerprintSha256"]
    assert after["caCertificate"] == before["caCertificate"]
    assert stack.identities().isdisjoint(pods)
    assert stack.revision() == revision + 1
    assert site_stack.changes(stack.up().output).keys() == {"unchanged"}


def test_leaf_and_key_are_changed_by_a_setting_and_no_request_fails(
    stack: SiteStack, measurements: driver.Measurements
) -> None:
    stack.up()
    first = _certificate(stack)
    with _load(stack).running() as load:
        stack.up(certificate={"source": "generated", "certificateRevision": "2"})
        second = _certificate(stack)
        started = time.monotonic()
        stack.up(certificate={"source": "generated", "certificateRevision": "2", "keyRevision": "2"})
        third = _certificate(stack)
        time.sleep(1)

    assert second.public_key() == first.public_key()
    assert second.serial_number != first.serial_number
    assert third.public_key() != first.public_key()
    assert len(load.last_seen) == 3
    assert load.failures == []
    assert load.answered > 100
    old = max(when for served, when in load.last_seen.items() if x509.load_der_x509_certificate(served) == second)
    measurements.add("certificate rotation until every pod has the new one (s)", old - started, 30)
    measurements.add("failed requests while certificates rotate", len(load.failures), 0)


def test_two_updates_change_the_authority_and_no_request_fails(
    stack: SiteStack, measurements: driver.Measurements
) -> None:
    stack.up()
    old = stack.outputs()["caCertificate"]
    with _load(stack).running() as load:
        stack.up(certificate={"source": "generated", "caGenerations": [1, 2]})
        both = stack.proven()["caCertificate"]
        load.trust(both)
        stack.up(certificate={"source": "generated", "caGenerations": [2]})
        new = stack.proven()["caCertificate"]
        load.trust(new)
        time.sleep(2)

    assert both == old + new
    assert _subject(old) != _subject(new)
    assert load.failures == []
    assert load.answered > 100
    assert len(load.last_seen) == 2
    measurements.add("failed requests while the authority changes", len(load.failures), 0)
    with pytest.raises(ssl.SSLCertVerificationError):
        _load(stack, old).request(_addresses(stack.outputs())[0])


def _load(stack: SiteStack, authorities: str | None = None) -> Load:
    outputs = stack.outputs()
    return Load(stack.fqdn, _addresses(outputs), authorities or outputs["caCertificate"])


def _addresses(outputs: dict[str, Any]) -> list[tuple[str, int]]:
    return [(twin, outputs["nodePorts"]["https"]) for twin in driver.NODE_TWINS.values()]


def _certificate(stack: SiteStack) -> x509.Certificate:
    """Return the certificate that is served, after checking that the stack and the probe name it."""
    outputs = stack.proven()
    served = x509.load_pem_x509_certificate(ssl.get_server_certificate(_addresses(outputs)[0]).encode())
    assert f"{served.serial_number:x}" == outputs["certificate"]["serial"]
    return served


def _subject(pem: str) -> str:
    return x509.load_pem_x509_certificate(pem.encode()).subject.rfc4514_string()
