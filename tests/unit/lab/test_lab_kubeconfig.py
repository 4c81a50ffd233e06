"""A stack with a kubeconfig of its own, in which a context has the lab's name: it is on the lab, or goes nowhere."""

from argparse import Namespace
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
import yaml

from lab import commands, meant_cluster, paths
from lab.errors import LabError
from lab.stacks import Stack
from tests.unit.lab import lab_project
from tests.unit.lab.lab_project import run

REFUSED = (
    r"^Pulumi\.dev\.yaml: secure-nginx:kubeconfig is set, and may lead elsewhere than to the lab; .*KUBE_CONTEXT=.*"
    r"`make pulumi STACK=dev ARGS='config rm secure-nginx:kubeconfig'`\)$"
)


def _kubeconfig(**cluster: Any) -> dict[str, Any]:
    server = {"server": "https://127.0.0.1:6443", "certificate-authority-data": "the lab's"}
    return {
        "clusters": [{"name": "c", "cluster": {**server, **cluster}}],
        "contexts": [{"name": "lab", "context": {"cluster": "c"}}],
    }


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    lab_project.make(tmp_path, monkeypatch)
    monkeypatch.setattr(paths, "KUBECONFIG", tmp_path / "kubeconfig")
    paths.KUBECONFIG.write_text(yaml.safe_dump(_kubeconfig()))
    return tmp_path


def _configured(project: Path, kubeconfig: object) -> None:
    text = yaml.safe_dump({"config": {"context": "lab", "kubeconfig": kubeconfig}})
    (project / "Pulumi.dev.yaml").write_text(text)


@pytest.mark.parametrize(
    "content",
    [
        _kubeconfig(**{"certificate-authority-data": "another"}),
        _kubeconfig(**{"tls-server-name": "another"}),
        _kubeconfig(server="http://127.0.0.1:6443"),
        _kubeconfig(server=None),
        {**_kubeconfig(), "contexts": [{"name": "mine", "context": {"cluster": "c"}}]},
        {**_kubeconfig(), "clusters": []},
        {**_kubeconfig(), "clusters": None},
        "no kubeconfig",
        None,
    ],
)
def test_a_kubeconfig_that_may_lead_elsewhere_is_none_for_the_lab(project: Path, content: object) -> None:
    if content is not None:
        (project / "theirs").write_text(yaml.safe_dump(content))
    _configured(project, "theirs")

    with pytest.raises(LabError, match=REFUSED) as refused:
        meant_cluster.require_for_lab(Stack("dev"))

    assert refused.value.code == 2


@pytest.mark.parametrize("value", [{"secure": "v1:x"}, "apiVersion: v1\nkind: Config\n", 1], ids=str)
def test_what_is_no_file_may_lead_anywhere(project: Path, value: object) -> None:
    _configured(project, value)

    with pytest.raises(LabError, match=REFUSED):
        meant_cluster.require_for_lab(Stack("dev"))


def test_another_user_of_the_lab_is_on_the_lab(project: Path) -> None:
    (project / "theirs").write_text(yaml.safe_dump({**_kubeconfig(server="https://other"), "users": ["visitor"]}))
    _configured(project, "theirs")

    meant_cluster.require_for_lab(Stack("dev"))


def test_without_a_lab_nothing_leads_there(project: Path) -> None:
    paths.KUBECONFIG.rename(project / "theirs")
    _configured(project, "theirs")

    with pytest.raises(LabError, match=REFUSED):
        meant_cluster.require_for_lab(Stack("dev"))


@pytest.mark.parametrize("command", ["deploy", "preview", "refresh", "destroy"])
def test_a_secret_one_is_told_before_anything_is_asked(
    project: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    asked = lab_project.recorded(monkeypatch)
    (folder := project / "cluster" / "stacks").mkdir(parents=True)
    (folder / "Pulumi.dev.yaml").write_text("config: {secure-nginx:kubeconfig: {secure: v1:x}}\n")

    with pytest.raises(LabError, match=REFUSED):
        run(command, record=None)

    assert asked == []


@pytest.mark.parametrize("in_copy", [False, True], ids=["the stack's file", "the copy"])
def test_a_lab_starts_so_that_a_secret_one_can_be_taken_out(
    project: Path, monkeypatch: pytest.MonkeyPatch, in_copy: bool
) -> None:
    started: list[str] = []
    monkeypatch.setattr(commands, "_up_locked", lambda: started.append("the lab"))
    file = (project / "cluster" / "stacks" if in_copy else project) / "Pulumi.dev.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("config: {secure-nginx:kubeconfig: {secure: v1:x}}\n")

    with nullcontext() if in_copy else pytest.raises(LabError, match=REFUSED):
        commands.run(Namespace(command="up", stack="dev"))

    assert started == (["the lab"] if in_copy else [])
