"""Where a copy of a state is written and read: files, links to them, and what is neither."""

import json
import os
import threading
from pathlib import Path

import pytest

from lab import keeping
from lab.errors import LabError
from lab.stacks import Stack
from tests.unit.lab import lab_project

FULL = json.dumps({"version": 3, "deployment": {"resources": [{"urn": "urn:pulumi:dev::secure-nginx::a:b:C::it"}]}})


@pytest.fixture(autouse=True)
def imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str | None]:
    """What the engine is given as a state; it always has one."""
    lab_project.make(tmp_path, monkeypatch)
    given: list[str | None] = []

    def pulumi(_: Stack, *words: str, text: str | None = None) -> str:
        if words[1] == "import":
            assert words == ("stack", "import", "--stack=dev")
            given.append(text)
        return FULL

    monkeypatch.setattr(Stack, "pulumi", pulumi)
    return given


@pytest.mark.parametrize("was_there", [True, False])
def test_a_backup_goes_through_a_link_to_its_target(tmp_path: Path, was_there: bool) -> None:
    (tmp_path / "vault").mkdir()
    target, link = tmp_path / "vault" / "today.json", tmp_path / "dev.backup.json"
    if was_there:
        target.write_text("older")
    link.symlink_to(target)

    keeping.backup(Stack("dev"), link)

    assert (link.readlink(), target.read_text()) == (target, FULL)
    assert [each.name for each in target.parent.iterdir()] == ["today.json"]


@pytest.mark.parametrize("kind", ["a pipe", "a link to a pipe", "a folder"])
def test_what_is_there_and_no_file_is_never_replaced_by_a_backup(tmp_path: Path, kind: str) -> None:
    place = tmp_path / "place"
    if kind == "a folder":
        place.mkdir()
    else:
        os.mkfifo(tmp_path / "pipe")
        place.symlink_to("pipe") if "link" in kind else (tmp_path / "pipe").rename(place)
    before = place.lstat()

    with pytest.raises(LabError, match=r"place is no regular file, .*; name one, as FILE=dev\.backup\.json") as refused:
        keeping.backup(Stack("dev"), place)

    assert refused.value.code == 2
    assert place.lstat() == before


def test_a_copy_that_can_be_read_once_is_restored(tmp_path: Path, imported: list[str | None]) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_text, args=[FULL])
    writer.start()

    keeping.restore(Stack("dev"), pipe)

    writer.join()
    assert imported == [FULL]
    # The folder of a pipe, such as /dev/fd, is no place for files.
    assert (tmp_path / "dev.backup.json.before-restore").read_text() == FULL
    assert not (tmp_path / "pipe.before-restore").exists()


def test_the_present_state_is_kept_beside_what_a_link_leads_to(tmp_path: Path) -> None:
    # As /dev/stdin is one, in a folder that is no place for files.
    (tmp_path / "dev").mkdir()
    (tmp_path / "copy.json").write_text(FULL)
    (tmp_path / "dev" / "stdin").symlink_to(tmp_path / "copy.json")

    keeping.restore(Stack("dev"), tmp_path / "dev" / "stdin")

    assert [each.name for each in (tmp_path / "dev").iterdir()] == ["stdin"]
    assert (tmp_path / "copy.json.before-restore").read_text() == FULL
