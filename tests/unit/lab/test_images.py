"""What is put into images, which programs of another user read."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab import images, paths
from lab.images import Image
from lab.progress import Steps


@pytest.fixture(autouse=True)
def packed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, int]]:
    """The modes of what is packed, by a caller whose files are for nobody else."""
    modes: dict[str, int] = {}

    def install(_: Image, root: Path) -> None:
        for folder in ("etc/ssl/certs", "usr/share/ca-certificates/mozilla", "usr/bin"):
            (root / folder).mkdir(parents=True)
        (root / "usr/share/ca-certificates/mozilla/one.crt").write_text("one")

    def pack(_: Image, root: Path) -> None:
        for path in (root, *root.rglob("*")):
            modes[str(path.relative_to(root))] = path.stat(follow_symlinks=False).st_mode & 0o777

    for name in ("IMAGES", "BIN"):
        monkeypatch.setattr(paths, name, tmp_path / name)
    monkeypatch.setattr(images, "SCRATCH", tmp_path / "IMAGES" / "scratch")
    monkeypatch.setattr(images, "_install", install)
    monkeypatch.setattr(images, "_pack", pack)
    before = os.umask(0o077)
    yield modes
    assert os.umask(before) == 0o077, "it is the caller's own"


def test_whoever_runs_in_a_container_may_read_and_run_what_is_in_it(packed: dict[str, int]) -> None:
    paths.BIN.mkdir()
    (paths.BIN / "pause").touch(0o700)
    images.build(Image(name="pause:1", programs=["pause"], command=["/pause"]), Steps(1))
    assert packed == {".": 0o755, "pause": 0o755}

    packed.clear()
    images.build(Image(name="curl:1", packages=["curl", "ca-certificates"], command=["/usr/bin/sleep"]), Steps(1))
    assert {packed[name] for name in ("etc/passwd", "etc/group", "etc/ssl/certs/ca-certificates.crt")} == {0o644}
    assert {packed[name] for name in (".", "etc", "usr/bin")} == {0o755}
