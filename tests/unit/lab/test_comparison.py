"""What is compared with what."""

from pathlib import Path

import pytest

from lab import comparison
from lab.errors import LabError


def test_a_base_that_is_no_commit_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    with pytest.raises(LabError, match="BASE: 'no-such-branch' is no commit of this repository; name one") as told:
        comparison.compare(["dev"], "no-such-branch", tmp_path / "recorded")

    assert told.value.code == 2
    assert not (tmp_path / "recorded").exists()
