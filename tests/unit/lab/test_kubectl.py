"""Which kubectl asks which cluster."""

from pathlib import Path

import pytest

from lab import kubectl, paths
from lab.errors import LabError
from lab.stacks import Stack


@pytest.fixture(autouse=True)
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The lab's kubectl, on a machine that has no other one."""
    monkeypatch.setattr(paths, "BIN", tmp_path)
    monkeypatch.setattr(paths, "KUBECONFIG", tmp_path / "kubeconfig")
    monkeypatch.setenv("PATH", "")
    (tmp_path / "kubectl").touch()
    return tmp_path / "kubectl"


def test_the_lab_is_asked_with_its_own(built: Path) -> None:
    assert kubectl.command(None) == [built, f"--kubeconfig={built.with_name('kubeconfig')}"]


def test_another_cluster_is_asked_with_the_users_own(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert kubectl.command("mine") == [built, "--context=mine"]

    built.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert kubectl.command("mine") == ["kubectl", "--context=mine"]


@pytest.mark.parametrize(
    ("path", "file"),
    [("/etc/its", "/etc/its"), ("its/config", "/project/its/config"), ("~/config", "/home/me/config")],
)
def test_a_stacks_own_kubeconfig_is_taken_as_the_engine_takes_it(
    built: Path, monkeypatch: pytest.MonkeyPatch, path: str, file: str
) -> None:
    monkeypatch.setattr(paths, "REPOSITORY", Path("/project"))
    monkeypatch.setenv("HOME", "/home/me")

    asked = kubectl.command("mine", path)

    assert asked == [built, f"--kubeconfig={file}", "--context=mine"]
    assert kubectl.kubeconfig_of(asked) == file
    assert kubectl.kubeconfig_of(kubectl.command("mine")) == ""


@pytest.mark.parametrize("kubeconfig", [{"secure": "v1:abc"}, "apiVersion: v1\nkind: Config\n", ' {"kind": "Config"}'])
def test_a_cluster_that_no_file_leads_to_is_not_asked(kubeconfig: object) -> None:
    assert kubectl.command("mine", kubeconfig) == []


@pytest.fixture
def stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stack:
    """A stack of a project on a cluster of the user's."""
    monkeypatch.setattr(paths, "REPOSITORY", tmp_path)
    monkeypatch.setattr(paths, "STACKS_ELSEWHERE", tmp_path / "stacks")
    (tmp_path / "stacks").mkdir()
    (tmp_path / "Pulumi.yaml").write_text("name: secure-nginx\nconfig: {}\n")
    return Stack("shop", "mine")


SECRET = "config: {secure-nginx:kubeconfig: {secure: v1:abc}}"


@pytest.mark.parametrize(
    ("own", "written", "options"),
    [
        (None, None, ["--context=mine"]),
        ("config:", None, ["--context=mine"]),
        ("config: {kubeconfig: /its}", None, ["--kubeconfig=/its", "--context=mine"]),
        ("config: {kubeconfig: /its}", SECRET, ["--kubeconfig=/its", "--context=mine"]),
        (SECRET, None, []),
        ("config:", SECRET, []),
        ("config:", "config: {kubeconfig: /old}", ["--context=mine"]),
    ],
    ids=["no file", "not set", "set", "set again", "secret", "secret in the copy", "not set any more"],
)
def test_a_stack_says_which_kubeconfig_is_its_own(
    stack: Stack, own: str | None, written: str | None, options: list[str]
) -> None:
    for file, text in ((stack.source, own), (stack.folder / "Pulumi.shop.yaml", written)):
        if text is not None:
            file.write_text(text)

    assert stack.kubectl[1:] == options
    assert bool(stack.kubectl) is bool(options)


def test_on_the_lab_its_own_kubeconfig_is_the_right_one(stack: Stack, built: Path) -> None:
    stack.source.write_text(SECRET)

    assert Stack("shop").kubectl == kubectl.command(None)
    assert stack.kubectl == []
    assert built.exists()


def test_a_stacks_file_that_is_no_text_is_said(stack: Stack) -> None:
    stack.source.write_bytes("# für alle".encode("latin-1"))

    with pytest.raises(LabError, match=r"Pulumi.shop.yaml: this is no text in UTF-8 \(invalid start byte\)"):
        stack.kubectl  # noqa: B018


def test_where_there_is_none_the_users_own_is_missed(built: Path) -> None:
    built.unlink()

    assert kubectl.command("mine") == ["kubectl", "--context=mine"]
