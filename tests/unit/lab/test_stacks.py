"""Stacks of the project: what stands in the way of a command on one."""

import shutil
from pathlib import Path

import pytest
import yaml

from lab import paths
from lab.errors import LabError
from lab.stacks import Stack


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with the dev stack's file, and with no passphrase of the user's own."""
    monkeypatch.setattr(paths, "REPOSITORY", tmp_path)
    monkeypatch.setattr(paths, "STACKS_ON_LAB", tmp_path / "stacks")
    for variable in ("PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"):
        monkeypatch.delenv(variable, raising=False)
    for name in ("Pulumi.yaml", "Pulumi.dev.yaml"):
        shutil.copy(Path(__file__).parents[3] / name, tmp_path)
    return tmp_path


def test_an_unknown_stack_is_refused_with_the_known_ones(project: Path) -> None:
    with pytest.raises(LabError, match="there is no stack 'nowhere'; these are: dev"):
        Stack("nowhere").prepare()


def test_a_broken_file_is_refused_before_anything_is_made(project: Path) -> None:
    (project / "Pulumi.dev.yaml").write_text("config: [\n")

    with pytest.raises(LabError, match="this is no YAML"):
        Stack("dev").prepare()

    assert not (project / "stacks").exists()


def test_a_passphrase_that_is_gone_is_never_replaced_by_another(project: Path) -> None:
    folder = project / "stacks"
    folder.mkdir()
    (folder / "Pulumi.dev.yaml").write_text("encryptionsalt: v1:x\nconfig: {}\n")

    with pytest.raises(LabError, match=r"passphrase is missing: .*/stacks/passphrase is gone.*Put the file back"):
        Stack("dev").prepare()

    assert not (folder / "passphrase").exists()


def test_a_passphrase_of_the_users_own_is_left_to_pulumi(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "mine")
    folder = project / "stacks"
    folder.mkdir()
    (folder / "Pulumi.dev.yaml").write_text("encryptionsalt: v1:x\nconfig: {}\n")

    Stack("dev").prepare()

    assert not (folder / "passphrase").exists()
    assert "encryptionsalt: v1:x" in (folder / "Pulumi.dev.yaml").read_text()


def test_secrets_that_pulumi_was_given_outlive_a_change_of_the_file(project: Path) -> None:
    folder = project / "stacks"
    folder.mkdir()
    (folder / "passphrase").write_text("ours")
    copy = folder / "Pulumi.dev.yaml"
    copy.write_text(
        "encryptionsalt: v1:x\nconfig: {secure-nginx:kubeconfig: {secure: v1:y}, secure-nginx:replicas: 9}\n"
    )

    Stack("dev").prepare()

    written = yaml.safe_load(copy.read_text())["config"]
    assert written["secure-nginx:kubeconfig"] == {"secure": "v1:y"}
    assert "secure-nginx:replicas" not in written
    assert written["secure-nginx:context"] == "lab"
