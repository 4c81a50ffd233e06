"""What `python -m previews` says where it cannot read."""

from pathlib import Path

import pytest

from previews import folders
from previews.__main__ import main


def test_a_folder_that_is_somebody_elses_is_an_error_and_no_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(folder: Path) -> str:
        raise PermissionError(13, "Permission denied", str(folder / folders.BASE))

    monkeypatch.setattr(folders, "base", refuse)

    assert main(["show", str(tmp_path), "--stack=dev"], {}) == 1

    assert capsys.readouterr().err == f"previews: [Errno 13] Permission denied: '{tmp_path}/base'\n"
