"""A stack with several states: each one's secrets open with its own salt alone."""

import json
from pathlib import Path

import pytest
import yaml

from lab.errors import LabError
from lab.stacks import Stack
from tests.unit.lab import lab_project

KUBECONFIG = "secure-nginx:kubeconfig"


class Backends:
    """What Pulumi does about the salts of own and shared state, and no more."""

    def __init__(self, folder: Path) -> None:
        self.copy = folder / "Pulumi.dev.yaml"
        self.shared: dict[str, str | None] = {}
        self.made: list[str | None] = []
        self.address = ""

    def pulumi(self, *words: str) -> str:
        if words[:2] == ("stack", "export"):
            salt = self.shared[self.address]
            provider = {"secrets_providers": {"state": {"salt": salt}}} if salt else {}
            return json.dumps({"deployment": provider})
        if self.address in self.shared:
            return ""
        if "--create" not in words:
            raise LabError("no stack named 'dev' found")
        content = yaml.safe_load(self.copy.read_text()) if self.copy.exists() else None
        self.made.append((content or {}).get("encryptionsalt"))
        if self.made[-1]:
            raise LabError("could not create secrets manager for new stack: incorrect passphrase")
        self.shared[self.address] = f"salt of {self.address}"
        self.copy.write_text(yaml.safe_dump({"encryptionsalt": self.shared[self.address]}))
        return ""


class Machine:
    """A machine on which the stack has a state of its own, with a secret in its configuration."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.backends = Backends(folder)
        self._monkeypatch = monkeypatch
        monkeypatch.setattr(Stack, "pulumi", lambda _, *words: self.backends.pulumi(*words))
        self.state("own")
        self.set("own")

    def state(self, salt: str) -> None:
        file = self.backends.copy.parent / ".pulumi" / "stacks" / "secure-nginx" / "dev.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        latest = {"secrets_providers": {"state": {"salt": salt}}}
        file.write_text(json.dumps({"checkpoint": {"latest": latest}}))

    def set(self, salt: str) -> None:
        config = {KUBECONFIG: {"secure": f"opens with {salt}"}}
        self.backends.copy.write_text(yaml.safe_dump({"encryptionsalt": salt, "config": config}))

    def use(self, address: str) -> None:
        """Prepare the stack with the state at an address, or with its own."""
        self.backends.address = address
        self._monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "ours")
        if address:
            self._monkeypatch.setenv("PULUMI_BACKEND_URL", address)
        else:
            self._monkeypatch.delenv("PULUMI_BACKEND_URL", raising=False)
        Stack("dev").prepare()

    def found(self) -> tuple[str | None, str | None]:
        """The salt in use and the secret that goes with it."""
        content = yaml.safe_load(self.backends.copy.read_text())
        return content.get("encryptionsalt"), content["config"].get(KUBECONFIG, {}).get("secure")


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    lab_project.make(tmp_path, monkeypatch)
    return Machine(tmp_path / "cluster" / "stacks", monkeypatch)


def test_a_state_of_ones_own_gives_way_to_a_new_shared_one_and_is_found_again(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    machine.use("s3://a")
    assert machine.found() == ("salt of s3://a", None)
    told = capsys.readouterr().out
    assert "Pulumi.dev.yaml was of another state" in told
    assert KUBECONFIG in told

    machine.set("salt of s3://a")
    for address, salt in (("", "own"), ("s3://a", "salt of s3://a"), ("", "own")):
        machine.use(address)
        assert machine.found() == (salt, f"opens with {salt}")

    # None but the first, and with no salt of another state.
    assert machine.backends.made == [None]


def test_a_shared_state_that_others_made_keeps_its_own_salt(machine: Machine) -> None:
    machine.backends.shared["s3://a"] = "theirs"

    machine.use("s3://a")

    assert machine.found() == ("theirs", None)
    machine.use("")
    assert machine.found() == ("own", "opens with own")


def test_a_secret_from_before_a_restored_state_is_not_mistaken_for_one_of_it(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    machine.state("restored")

    machine.use("")

    assert machine.found() == ("restored", None)
    assert KUBECONFIG in capsys.readouterr().out


def test_a_state_without_salts_keeps_what_it_was_told(machine: Machine) -> None:
    machine.backends.shared["https://cloud.example"] = None
    machine.set("own")

    machine.use("https://cloud.example")

    assert machine.found() == ("own", "opens with own")


def test_nothing_is_put_aside_while_a_rotation_is_unfinished(machine: Machine) -> None:
    Stack("dev").before_rotation.write_text("")
    machine.set("new")

    machine.use("")

    assert machine.found() == ("new", "opens with new")
    assert [*machine.backends.copy.parent.glob("Pulumi.dev.yaml.*")] == [Stack("dev").before_rotation]


def test_what_is_aside_is_for_its_owner_alone(machine: Machine) -> None:
    machine.state("restored")

    machine.use("")

    (aside,) = machine.backends.copy.parent.glob("Pulumi.dev.yaml.*")
    assert aside.stat().st_mode & 0o077 == 0
