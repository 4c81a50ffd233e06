"""Copies of stacks' configurations: which secrets go with which state."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from lab import preparing
from lab.errors import LabError
from lab.stacks import Stack
from tests.unit.lab import lab_project

KUBECONFIG = "secure-nginx:kubeconfig"
SHARED = "s3://states"
Use = Callable[[str], Stack]


@pytest.fixture
def salts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str | None]:
    """The salt of each shared state, by address; Pulumi knows these alone, and makes what is new with the copy's."""
    lab_project.make(tmp_path, monkeypatch)
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "ours")
    known: dict[str, str | None] = {}

    def pulumi(stack: Stack, *words: str) -> str:
        address = stack.environment["PULUMI_BACKEND_URL"]
        if words[:2] == ("stack", "export"):
            provider = {"secrets_providers": {"state": {"salt": known[address]}}} if known[address] else {}
            return json.dumps({"deployment": provider})
        if address not in known:
            if stack.configuration.exists():
                raise LabError("could not create secrets manager for new stack: incorrect passphrase")
            known[address] = f"salt of {address}"
        return ""

    monkeypatch.setattr(Stack, "pulumi", pulumi)
    return known


@pytest.fixture
def use(salts: dict[str, str | None], monkeypatch: pytest.MonkeyPatch) -> Use:
    """Prepare the stack with the state at an address, or with its own."""

    def prepared(address: str) -> Stack:
        if address:
            monkeypatch.setenv("PULUMI_BACKEND_URL", address)
        else:
            monkeypatch.delenv("PULUMI_BACKEND_URL", raising=False)
        stack = Stack("dev")
        preparing.prepare(stack)
        return stack

    return prepared


def written(file: Path, salt: str | None) -> None:
    """Write a copy with a secret that opens with a salt alone."""
    file.parent.mkdir(parents=True, exist_ok=True)
    config = {KUBECONFIG: {"secure": f"opens with {salt}"}}
    file.write_text(yaml.safe_dump({"encryptionsalt": salt, "config": config} if salt else {"config": config}))


def read(stack: Stack) -> tuple[str | None, str | None]:
    """The salt of the copy and the secret in it."""
    content = yaml.safe_load(stack.configuration.read_text())
    return content.get("encryptionsalt"), content["config"].get(KUBECONFIG, {}).get("secure")


def test_own_and_shared_state_of_one_stack_have_nothing_in_common(use: Use) -> None:
    written(Stack("dev").configuration, "own")
    lab_project.with_state(Stack("dev").folder)

    assert read(use("")) == ("own", "opens with own")
    shared = use(SHARED)
    assert read(shared) == ("salt of s3://states", None)
    written(shared.configuration, "salt of s3://states")
    assert read(use("")) == ("own", "opens with own")
    assert read(use(SHARED)) == ("salt of s3://states", "opens with salt of s3://states")


def test_secrets_that_the_state_does_not_open_are_kept_aside_and_named(
    use: Use, salts: dict[str, str | None], capsys: pytest.CaptureFixture[str]
) -> None:
    stack = use(SHARED)
    written(stack.configuration, "before")

    use(SHARED)

    assert read(stack) == ("salt of s3://states", None)
    aside = stack.configuration.with_name("Pulumi.dev.yaml.before")
    assert "opens with before" in aside.read_text()
    assert aside.stat().st_mode & 0o077 == 0
    told = capsys.readouterr()
    assert (KUBECONFIG in told.err, told.out) == (True, "")
    use(SHARED)
    assert capsys.readouterr().err == ""


def test_what_was_kept_aside_earlier_stays_until_the_stack_goes(use: Use, monkeypatch: pytest.MonkeyPatch) -> None:
    stack = use(SHARED)
    folder = stack.configuration.parent
    (folder / "Pulumi.dev.yaml.beforehand").write_text("of somebody else's")
    for salt in ("first", "second", "third"):
        written(stack.configuration, salt)
        use(SHARED)

    kept = {ending: folder / f"Pulumi.dev.yaml.before{ending}" for ending in ("", ".2", ".3")}
    assert {ending: yaml.safe_load(file.read_text())["encryptionsalt"] for ending, file in kept.items()} == {
        "": "first",
        ".2": "second",
        ".3": "third",
    }

    stack.remove()

    assert [file.name for file in folder.glob("Pulumi.dev.yaml*")] == ["Pulumi.dev.yaml.beforehand"]


def test_a_state_of_ones_own_that_was_restored_has_a_salt_of_its_own(
    use: Use, capsys: pytest.CaptureFixture[str]
) -> None:
    stack = Stack("dev")
    written(stack.configuration, "present")
    state = stack.folder / ".pulumi" / "stacks" / "secure-nginx" / "dev.json"
    state.parent.mkdir(parents=True)
    provider = {"type": "passphrase", "state": {"salt": "restored"}}
    state.write_text(json.dumps({"version": 3, "checkpoint": {"latest": {"secrets_providers": provider}}}))

    use("")

    assert read(stack) == ("restored", None)
    assert "opens with present" in stack.configuration.with_name("Pulumi.dev.yaml.before").read_text()
    assert KUBECONFIG in capsys.readouterr().err


@pytest.mark.parametrize(
    "state", ['{"version": 3, "check', '{"checkpoint": {"latest": null}}'], ids=["cut off", "empty"]
)
def test_a_state_that_tells_no_salt_leaves_the_copy_its_own(use: Use, state: str) -> None:
    stack = Stack("dev")
    written(stack.configuration, "present")
    (stack.folder / ".pulumi" / "stacks").mkdir(parents=True)
    (stack.folder / ".pulumi" / "stacks" / "dev.json").write_text(state)

    use("")

    assert read(stack) == ("present", "opens with present")


@pytest.mark.parametrize("may_be_new", [True, False])
def test_a_copy_that_outlived_its_state_is_no_stack(
    salts: dict[str, str | None], monkeypatch: pytest.MonkeyPatch, may_be_new: bool
) -> None:
    asked: list[tuple[str, ...]] = []

    def pulumi(stack: Stack, *words: str) -> str:
        asked.append(words)
        return '{"deployment": {}}'

    monkeypatch.setattr(Stack, "pulumi", pulumi)
    stack = Stack("dev")
    written(stack.configuration, "present")

    preparing.prepare(stack, may_be_new=may_be_new)

    create = ["--create"] if may_be_new else []
    assert asked == [("stack", "select", *create, "dev"), ("stack", "export", "--stack=dev")]
    assert read(stack) == ("present", "opens with present")
    assert salts == {}


def test_a_copy_without_secrets_is_not_missed(use: Use, capsys: pytest.CaptureFixture[str]) -> None:
    stack = use(SHARED)
    stack.configuration.write_text("encryptionsalt: before\nconfig: {}\n")

    use(SHARED)

    assert not stack.configuration.with_name("Pulumi.dev.yaml.before").exists()
    assert capsys.readouterr().err == ""


def test_a_killed_rotation_leaves_the_copy_that_goes_with_the_state(use: Use) -> None:
    stack = use(SHARED)
    written(stack.configuration, "new")
    written(stack.before_rotation, "salt of s3://states")

    use(SHARED)

    assert read(stack) == ("salt of s3://states", "opens with salt of s3://states")


def test_a_state_without_salts_keeps_its_secrets(use: Use, salts: dict[str, str | None]) -> None:
    salts["https://cloud.example"] = None
    stack = use("https://cloud.example")
    written(stack.configuration, None)

    use("https://cloud.example")

    assert read(stack) == (None, "opens with None")


def test_a_copy_of_another_shared_state_is_named_where_the_stack_is_new(use: Use) -> None:
    copy = use(SHARED).configuration
    written(copy, "salt of s3://states")

    with pytest.raises(LabError, match="incorrect passphrase") as told:
        use("s3://others")

    assert f"{copy} is of another state. Move it away if" in str(told.value)
    assert "opens with salt of s3://states" in copy.read_text()


def test_other_refusals_of_the_backend_stay_as_they_are(
    use: Use, salts: dict[str, str | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    written(use(SHARED).configuration, "salt of s3://states")

    def unreachable(*_: object) -> str:
        raise LabError("no such host")

    monkeypatch.setattr(Stack, "pulumi", unreachable)

    with pytest.raises(LabError, match=r"^no such host$"):
        use(SHARED)
