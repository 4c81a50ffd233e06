"""The worked example of CONTRIBUTING.md is a change to the code as it is."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
CHANGES = re.findall(r"^```diff\n(.*?)^```$", (ROOT / "CONTRIBUTING.md").read_text(), re.MULTILINE | re.DOTALL)


def applies(change: str, *options: str) -> bool:
    """Whether the change could be made to the working tree."""
    git = shutil.which("git")
    assert git is not None
    command = [git, "apply", "--check", *options, "-"]
    return subprocess.run(command, cwd=ROOT, input=change, text=True, check=False).returncode == 0


def test_the_example_has_a_change_for_every_step() -> None:
    changed = {name for change in CHANGES for name in re.findall(r"^--- a/(\S+)$", change, re.MULTILINE)}

    assert {"Pulumi.yaml", "components/secure_nginx_args.py", "tests/unit/test_workload.py"} <= changed


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_applies(change: str) -> None:
    # Somebody may be following the example at this moment.
    assert applies(change) or applies(change, "--reverse")


def test_a_change_of_other_code_does_not_apply() -> None:
    other = CHANGES[-1].replace(" service:", " services:")

    assert not applies(other)
    assert not applies(other, "--reverse")
