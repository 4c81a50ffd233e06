"""The state of a stack, read from its file where it has one here."""

import json
from pathlib import Path

import pytest

from lab import checkpoint
from lab.stacks import Stack
from tests.unit.lab import lab_project


@pytest.fixture(autouse=True)
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the engine has the state of the stack dev."""
    lab_project.make(tmp_path, monkeypatch)
    monkeypatch.setattr(Stack, "pulumi", lambda *_, **__: '{"deployment": {"from": "the engine"}}')
    made = tmp_path / "stacks" / ".pulumi" / "stacks" / "secure-nginx" / "dev.json"
    made.parent.mkdir(parents=True)
    return made


@pytest.mark.parametrize("latest", [{"resources": [{"urn": "a"}]}, None], ids=["deployed", "just made"])
def test_what_the_engine_would_export_is_in_the_file(file: Path, latest: dict[str, object] | None) -> None:
    file.write_text(json.dumps({"version": 3, "checkpoint": {"stack": "dev", "latest": latest}}))
    file.with_name("shop.json").write_text("of another stack")

    assert Stack("dev", "mine").export() == {"deployment": latest or {}}


@pytest.mark.parametrize("text", [None, "", '{"version": 3, "check', "{}"], ids=["none", "empty", "cut off", "another"])
def test_where_the_file_does_not_tell_the_engine_is_asked(file: Path, text: str | None) -> None:
    if text is not None:
        file.write_text(text)

    assert checkpoint.read(file.parents[3], "dev") is None
    assert Stack("dev", "mine").export() == {"deployment": {"from": "the engine"}}


def test_a_shared_state_is_not_what_a_file_from_before_says(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write_text(json.dumps({"checkpoint": {"latest": {"from": "the file"}}}))
    monkeypatch.setenv("PULUMI_BACKEND_URL", "s3://states")

    assert Stack("dev", "mine").export() == {"deployment": {"from": "the engine"}}


def test_what_the_state_was_before_is_never_the_present_one(file: Path) -> None:
    folder = file.parents[3]
    kept = {
        "stacks/secure-nginx/dev.json.bak",
        "stacks/secure-nginx/dev.json.gz.bak",
        "history/secure-nginx/dev/dev-1.checkpoint.json",
        "history/secure-nginx/dev/dev-2.checkpoint.json.gz",
        "backups/secure-nginx/dev/dev.1.json",
    }
    others = {
        "stacks/secure-nginx/dev.json",
        "stacks/secure-nginx/dev.json.gz",
        "stacks/secure-nginx/dev.two.json.bak",
        "history/secure-nginx/dev/dev-1.history.json",
        "history/secure-nginx/shop/shop-1.checkpoint.json",
        "backups/secure-nginx/shop/shop.1.json",
        "backups/dev/shop/shop.1.json",
    }
    for each in kept | others:
        (made := folder / ".pulumi" / each).parent.mkdir(parents=True, exist_ok=True)
        made.write_text("{}")

    former = checkpoint.former(folder, "dev")

    assert {str(each.relative_to(folder / ".pulumi")) for each in former} == kept


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        ("dev.json", True),
        ("dev.json.gz", True),
        ("dev.json.zst", True),
        ("dev.json.bak", False),
        ("dev.json.gz.bak", False),
        ("shop.json", False),
    ],
)
def test_a_state_may_be_compressed(file: Path, name: str, is_one: bool) -> None:
    file.with_name(name).touch()

    assert checkpoint.exists(file.parents[3], "dev") is is_one


def test_what_a_killed_update_was_writing_is_no_new_state(file: Path) -> None:
    file.with_name("dev.json.bak").touch()
    for name in ("shop", "dev"):
        lock = file.parents[2] / "locks" / "organization" / "secure-nginx" / name / "x.json"
        lock.parent.mkdir(parents=True)
        lock.touch()

        assert checkpoint.exists(file.parents[3], "dev") is (name == "dev")
