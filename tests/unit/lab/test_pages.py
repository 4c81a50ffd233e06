"""The file that a report is."""

import shutil
from pathlib import Path

import pytest

from lab import pages, paths
from lab.stacks import Stack
from tests.unit.report import made
from tests.unit.stacks import ROOT


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with the stacks' files, of which nothing is deployed."""
    for file in ROOT.glob("Pulumi*.yaml"):
        shutil.copy(file, tmp_path)
    monkeypatch.setattr(paths, "REPOSITORY", tmp_path)
    monkeypatch.setattr(pages, "FOLDER", tmp_path / "reports")
    monkeypatch.setattr(pages, "gather", lambda stack, with_logs: made.facts(None, stack=stack.name))
    return tmp_path


def test_a_page_is_for_its_owner_alone_and_written_anew(project: Path) -> None:
    file = pages.write(Stack("dev"))
    file.write_text("old")

    assert pages.write(Stack("dev")) == project / "reports" / "dev.html"
    assert file.read_text().startswith("<!doctype html>")
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_stacks_file_that_is_broken_does_not_stand_in_the_way(project: Path) -> None:
    (project / "Pulumi.prod.yaml").write_text("config: [\n")

    text = pages.write(Stack("dev")).read_text()

    assert "Pulumi.prod.yaml, line 2, column 1: this is no YAML" in text
    assert "secure-nginx-staging" in text


def test_neither_does_one_that_is_no_text_or_not_there(project: Path) -> None:
    (project / "Pulumi.prod.yaml").write_bytes("# für alle\nconfig: {}\n".encode("latin-1"))
    (project / "Pulumi.shop.yaml").symlink_to("nowhere")

    text = pages.write(Stack("dev")).read_text()

    assert "Pulumi.prod.yaml: this is no text in UTF-8 (invalid start byte); write it so" in text
    assert "Pulumi.shop.yaml: No such file or directory" in text
    assert "secure-nginx-staging" in text
