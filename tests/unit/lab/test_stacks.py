"""Stacks of the project: what stands in the way of a command on one."""

import re
import shutil
from pathlib import Path

import pytest
import yaml

from lab import meant_cluster, paths, preparing
from lab.errors import LabError
from lab.stacks import Stack
from tests.unit.lab import lab_project


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with the dev stack's file, and with neither a state nor a passphrase of the user's own."""
    monkeypatch.setattr(paths, "REPOSITORY", tmp_path)
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    monkeypatch.setattr(paths, "STACK_LOCKS", tmp_path / "locks")
    monkeypatch.setattr(paths, "STACKS_ON_LAB", tmp_path / "stacks")
    for variable in ("PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"):
        monkeypatch.delenv(variable, raising=False)
    for name in ("Pulumi.yaml", "Pulumi.dev.yaml"):
        shutil.copy(Path(__file__).parents[3] / name, tmp_path)
    return tmp_path


def test_an_unknown_stack_is_refused_with_the_known_ones(project: Path) -> None:
    with pytest.raises(LabError, match="there is no stack 'nowhere'; these are: dev"):
        preparing.prepare(Stack("nowhere"))


@pytest.mark.parametrize("config", ["{context: lab-of-others}", "{secure-nginx:context: 1}"])
def test_a_stack_of_another_cluster_is_not_for_the_lab(project: Path, config: str) -> None:
    (project / "Pulumi.dev.yaml").write_text(f"config: {config}\n")

    with pytest.raises(
        LabError, match=r"^Pulumi\.dev\.yaml: secure-nginx:context is .* 'lab'; .*KUBE_CONTEXT="
    ) as told:
        meant_cluster.require_for_lab(Stack("dev"))

    assert told.value.code == 2


def test_a_stack_that_is_pinned_to_another_context_is_not_for_the_lab(project: Path) -> None:
    (project / "Pulumi.dev.yaml").write_text("config: {context: lab, pinnedContext: mine}\n")

    with pytest.raises(LabError, match=r"secure-nginx:pinnedContext is 'mine', .*KUBE_CONTEXT=mine$") as told:
        meant_cluster.require_for_lab(Stack("dev"))

    assert told.value.code == 2


@pytest.mark.parametrize("config", ["{context: lab, pinnedContext: lab}", "{context: lab}", "{}"])
def test_a_stack_of_the_lab_or_of_no_cluster_yet_is(project: Path, config: str) -> None:
    (project / "Pulumi.dev.yaml").write_text(f"config: {config}\n")

    meant_cluster.require_for_lab(Stack("dev"))


def test_a_stack_that_is_not_there_is_not_for_the_lab_either(project: Path) -> None:
    with pytest.raises(LabError, match="there is no stack 'nowhere'; these are: dev"):
        meant_cluster.require_for_lab(Stack("nowhere"))


def test_what_may_not_be_new_is_asked_of_a_shared_state_and_not_made(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PULUMI_BACKEND_URL", "s3://states")
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "ours")
    asked: list[tuple[str, ...]] = []

    def pulumi(_: Stack, *words: str) -> str:
        asked.append(words)
        raise LabError("no stack named 'dev' found")

    monkeypatch.setattr(Stack, "pulumi", pulumi)

    for may_be_new in (False, True):
        with pytest.raises(LabError, match="no stack named 'dev' found"):
            preparing.prepare(Stack("dev"), may_be_new=may_be_new)

    assert asked == [("stack", "select", "dev"), ("stack", "select", "--create", "dev")]


def test_what_may_not_be_new_and_is_on_another_cluster_is_looked_for_there(project: Path, elsewhere: Path) -> None:
    with pytest.raises(LabError, match="dev is not here, but known for the context 'mine': set KUBE_CONTEXT=mine"):
        preparing.prepare(Stack("dev"), may_be_new=False)

    assert not (project / "stacks").exists()


def test_a_broken_file_is_refused_before_anything_is_made(project: Path) -> None:
    (project / "Pulumi.dev.yaml").write_text("config: [\n")

    with pytest.raises(LabError, match="this is no YAML"):
        preparing.prepare(Stack("dev"))

    assert not (project / "stacks").exists()


def test_a_passphrase_that_is_gone_is_never_replaced_by_another(project: Path) -> None:
    folder = project / "stacks"
    folder.mkdir()
    (folder / "Pulumi.dev.yaml").write_text("encryptionsalt: v1:x\nconfig: {}\n")

    with pytest.raises(LabError, match=r"passphrase is missing: .*/stacks/passphrase is gone.*Put the file back"):
        preparing.prepare(Stack("dev"))

    assert not (folder / "passphrase").exists()


def test_a_passphrase_of_the_users_own_is_left_to_pulumi(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "mine")
    folder = project / "stacks"
    lab_project.with_state(folder)
    (folder / "Pulumi.dev.yaml").write_text("encryptionsalt: v1:x\nconfig: {}\n")

    preparing.prepare(Stack("dev"))

    assert not (folder / "passphrase").exists()
    assert "encryptionsalt: v1:x" in (folder / "Pulumi.dev.yaml").read_text()


def test_secrets_that_pulumi_was_given_outlive_a_change_of_the_file(project: Path) -> None:
    folder = project / "stacks"
    lab_project.with_state(folder)
    (folder / "passphrase").write_text("ours")
    copy = folder / "Pulumi.dev.yaml"
    copy.write_text(
        "encryptionsalt: v1:x\nconfig: {secure-nginx:kubeconfig: {secure: v1:y}, secure-nginx:replicas: 9}\n"
    )

    preparing.prepare(Stack("dev"))

    written = yaml.safe_load(copy.read_text())["config"]
    assert written["secure-nginx:kubeconfig"] == {"secure": "v1:y"}
    assert "secure-nginx:replicas" not in written
    assert written["secure-nginx:context"] == "lab"


def test_keys_without_the_project_are_the_projects(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "mine")
    folder = project / "stacks"
    lab_project.with_state(folder)
    (folder / "Pulumi.dev.yaml").write_text("encryptionsalt: v1:x\nconfig: {kubeconfig: {secure: v1:y}}\n")
    (project / "Pulumi.dev.yaml").write_text(
        "config: {environment: production, context: production, service: {type: NodePort}}\n"
    )
    stack = Stack("dev")

    preparing.prepare(stack)

    written = yaml.safe_load((folder / "Pulumi.dev.yaml").read_text())["config"]
    assert stack.must_keep_to_rules
    assert not [option for option in stack.command("up") if option.startswith("--policy-pack-config")]
    assert written["secure-nginx:kubeconfig"] == {"secure": "v1:y"}
    assert written["secure-nginx:service"]["nodeAddresses"]
    assert [key for key in written if ":" not in key] == []


def test_a_context_of_the_users_takes_the_place_of_one_without_the_project(project: Path, elsewhere: Path) -> None:
    (project / "Pulumi.dev.yaml").write_text("config: {context: lab, pinnedContext: mine}\n")

    preparing.prepare(Stack("dev", "mine"))

    written = yaml.safe_load((elsewhere / "Pulumi.dev.yaml").read_text())["config"]
    assert written == {"secure-nginx:context": "mine", "secure-nginx:pinnedContext": "mine"}


def test_a_secret_in_the_wrong_place_keeps_the_program_from_running_and_can_be_taken_out(
    project: Path, elsewhere: Path
) -> None:
    (project / "Pulumi.dev.yaml").write_text("config: {pinnedContext: mine, sites: {b: {}}}\n")
    kept = "{secure-nginx:sites: {b: {nginx: {serverSnippet: {secure: v1:y}}}}}"
    (elsewhere / "Pulumi.dev.yaml").write_text(f"encryptionsalt: v1:x\nconfig: {kept}\n")
    stack = Stack("dev", "mine")

    preparing.prepare(stack)

    place = "secure-nginx:sites.b.nginx.serverSnippet"
    remedy = f"make pulumi STACK=dev KUBE_CONTEXT=mine ARGS='config rm --path {place}'"
    for command in ("up", "preview"):
        with pytest.raises(LabError, match=re.escape(f"{place}: '[secret]' is a secret that")) as refused:
            stack.command(command)
        assert refused.value.code == 2
        assert remedy in str(refused.value)
    # What is there already can be looked at and removed.
    assert stack.command("refresh")[:2] == ["pulumi", "refresh"]
    assert stack.command("destroy")[:2] == ["pulumi", "destroy"]


def test_a_key_in_plain_text_beside_a_secret_keeps_the_program_from_running(project: Path) -> None:
    (project / "Pulumi.dev.yaml").write_text(
        "config: {certificate: {source: provided, privateKey: open, ca: {secure: v1:y}}}\n"
    )
    lab_project.with_state(project / "stacks")
    (project / "stacks" / "passphrase").write_text("ours")
    (project / "stacks" / "Pulumi.dev.yaml").write_text("encryptionsalt: v1:x\nconfig: {}\n")
    stack = Stack("dev")
    preparing.prepare(stack)

    with pytest.raises(LabError) as refused:
        stack.command("up")

    place = "secure-nginx:certificate.privateKey"
    command = f"make pulumi STACK=dev ARGS='config set --secret --path {place}' < FILE"
    assert f"{place}: '[plain text]' must be a secret; take it out and run: {command}" in str(refused.value)
    assert "secure-nginx:certificate.ca: '[secret]'" in str(refused.value)


@pytest.mark.parametrize(
    ("variable", "value"), [("PULUMI_BACKEND_URL", ""), ("PULUMI_CONFIG_PASSPHRASE", "")], ids=["backend", "passphrase"]
)
def test_an_empty_variable_is_refused_before_anything_is_made(
    project: Path, monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv("PULUMI_BACKEND_URL", "s3://states")
    monkeypatch.setenv(variable, value)

    with pytest.raises(LabError, match=f"^{variable} is ''"):
        preparing.prepare(Stack("dev"))

    assert not (project / "stacks").exists()


@pytest.mark.parametrize("backend", ["", "postgres://admin:hunter2@db/states"], ids=["own", "shared"])
def test_a_command_for_the_user_is_about_the_same_state_and_tells_no_password(
    monkeypatch: pytest.MonkeyPatch, backend: str
) -> None:
    monkeypatch.setenv("PULUMI_BACKEND_URL", backend)
    state = " BACKEND=..." if backend else ""

    assert Stack("dev").target("up") == f"make up STACK=dev{state}"
    assert Stack("dev", "mine").make("stack ls") == f"make pulumi STACK=dev KUBE_CONTEXT=mine{state} ARGS='stack ls'"


@pytest.fixture
def elsewhere(project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of stacks on clusters of the user's, with the stack dev that was deployed to the context `mine`."""
    folder = project / "stacks-elsewhere"
    monkeypatch.setattr(paths, "STACKS_ELSEWHERE", folder)
    lab_project.with_state(folder)
    (folder / "passphrase").write_text("ours")
    (folder / "Pulumi.dev.yaml").write_text("encryptionsalt: v1:x\nconfig: {secure-nginx:context: mine}\n")
    return folder
