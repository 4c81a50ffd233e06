"""Files that only their owner may read."""

import datetime
import os
from pathlib import Path

import pytest

from lab import paths, pki


def test_a_secret_is_its_owners_alone_and_replaces_an_older_one(tmp_path: Path) -> None:
    file = tmp_path / "made" / "secret"

    for content in ("first", b"second"):
        pki.write_secret(file, content)

    assert file.read_text() == "second"
    assert file.stat().st_mode & 0o777 == 0o600
    assert list(file.parent.iterdir()) == [file]


def test_a_full_disk_leaves_what_there_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "secret"
    pki.write_secret(file, "first")

    def full(handle: int, mode: str) -> None:
        os.close(handle)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fdopen", full)
    with pytest.raises(OSError, match="No space left"):
        pki.write_secret(file, "second")

    assert file.read_text() == "first"
    assert list(tmp_path.iterdir()) == [file]


def test_certificates_end_with_the_lifetime_of_a_lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "PKI", tmp_path)
    before = pki.has_ended()

    pki.Authority("lab-ca", "ca")
    valid = pki.has_ended()
    monkeypatch.setattr(pki, "LIFETIME", -datetime.timedelta(seconds=1))
    pki.Authority("lab-ca", "ca")

    assert (before, valid, pki.has_ended()) == (False, False, True)
