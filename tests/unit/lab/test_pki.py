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


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of what was written to the disk."""
    names: list[str] = []
    monkeypatch.setattr(os, "fsync", lambda handle: names.append(Path(f"/proc/self/fd/{handle}").readlink().name))
    return names


def test_what_nobody_could_make_again_is_on_the_disk_before_it_takes_a_place(tmp_path: Path, synced: list[str]) -> None:
    pki.write_secret(tmp_path / "certificate", "made anew by a new lab")
    assert synced == []

    pki.write_secret(tmp_path / "passphrase.new", "it", lasting=True)
    unfinished, folder = synced
    assert unfinished.startswith(".passphrase.new.")
    assert folder == tmp_path.name

    synced.clear()
    pki.replace(tmp_path / "passphrase.new", tmp_path / "passphrase")
    assert (synced, (tmp_path / "passphrase").read_text()) == ([tmp_path.name], "it")


def test_certificates_end_with_the_lifetime_of_a_lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "PKI", tmp_path)
    before = pki.has_ended()

    pki.Authority("lab-ca", "ca")
    valid = pki.has_ended()
    monkeypatch.setattr(pki, "LIFETIME", -datetime.timedelta(seconds=1))
    pki.Authority("lab-ca", "ca")

    assert (before, valid, pki.has_ended()) == (False, False, True)
