"""Which kubectl asks which cluster."""

from pathlib import Path

import pytest

from lab import kubectl, paths


@pytest.fixture(autouse=True)
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The lab's kubectl, on a machine that has no other one."""
    monkeypatch.setattr(paths, "BIN", tmp_path)
    monkeypatch.setattr(paths, "KUBECONFIG", tmp_path / "kubeconfig")
    monkeypatch.setenv("PATH", "")
    (tmp_path / "kubectl").touch()
    return tmp_path / "kubectl"


def test_the_lab_is_asked_with_its_own(built: Path) -> None:
    assert kubectl.command(None) == [built, f"--kubeconfig={built.with_name('kubeconfig')}"]


def test_another_cluster_is_asked_with_the_users_own(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert kubectl.command("mine") == [built, "--context=mine"]

    built.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert kubectl.command("mine") == ["kubectl", "--context=mine"]


def test_where_there_is_none_the_users_own_is_missed(built: Path) -> None:
    built.unlink()

    assert kubectl.command("mine") == ["kubectl", "--context=mine"]
