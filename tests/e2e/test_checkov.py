"""checkov's own verdict on what staging and production declare; a stack that breaks a rule is named."""

import shlex
from pathlib import Path

from tests.e2e import driver

COMMAND = "make checkov"
SECONDS = 600


def test_checkov_finds_nothing() -> None:
    driver.must(driver.run(shlex.split(COMMAND), seconds=SECONDS))


def test_checkov_would_find_something(project: Path) -> None:
    manifest = project / "tests" / "unit" / "snapshots" / "prod.yaml"
    manifest.write_text(manifest.read_text().replace("readOnlyRootFilesystem: true", "readOnlyRootFilesystem: false"))

    found = driver.run(shlex.split(COMMAND), folder=project, seconds=SECONDS)

    assert found.code != 0
    assert "CKV_K8S_22" in found.output
