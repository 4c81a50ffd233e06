"""What is deployed as the state says, and as the cluster says."""

import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from lab import presence
from lab.errors import LabError
from lab.stacks import Stack
from report import state


def _deployment(uid: str, place: str = "shop/web", **more: Any) -> dict[str, Any]:
    kind = "kubernetes:apps/v1:Deployment"
    outputs = {"metadata": {"uid": uid}}
    return {"urn": f"urn:pulumi:dev::x::{kind}::{uid}", "type": kind, "id": place, "outputs": outputs, **more}


def _require(*resources: Mapping[str, Any], context: str | None = None) -> None:
    presence.require(Stack("dev", context), state.read({"deployment": {"resources": resources}}))


@pytest.fixture
def kubectl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A kubectl that prints what is in a file, called as the namespace; beside it is a log of what it was asked."""
    program = (
        "import pathlib, sys; *words, namespace = sys.argv[2:]; folder = pathlib.Path(sys.argv[1]);"
        "(folder / 'asked').open('a').write(' '.join(words) + '\\n');"
        "print((folder / namespace.removeprefix('--namespace=')).read_text(), end='')"
    )
    monkeypatch.setattr(Stack, "kubectl", [sys.executable, "-c", program, str(tmp_path)])
    return tmp_path


def test_what_is_there_is_well_and_asked_for_once(kubectl: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (kubectl / "shop").write_text("a somebody-elses b")

    _require(_deployment("a"), _deployment("b", "shop/blog"))

    wanted = "get deployments --output=jsonpath={.items[*].metadata.uid} --request-timeout=5s\n"
    assert (kubectl / "asked").read_text() == wanted
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("found", ["", "another"], ids=["gone", "another one"])
def test_a_deployment_that_the_state_alone_has_is_no_success(kubectl: Path, found: str) -> None:
    (kubectl / "shop").write_text(f"a {found}")
    remedy = "`make refresh STACK=dev KUBE_CONTEXT=mine` takes note of what is there; then `make up STACK=dev KUBE_CONT"

    with pytest.raises(LabError, match=f"Deployment shop/blog, shop/web. .*{re.escape(remedy)}") as told:
        _require(_deployment("a", "shop/here"), _deployment("b"), _deployment("c", "shop/blog"), context="mine")

    assert told.value.code == 1


def test_each_namespace_is_asked(kubectl: Path) -> None:
    (kubectl / "shop").write_text("a")
    (kubectl / "blogs").write_text("")

    with pytest.raises(LabError, match="Deployment blogs/web"):
        _require(_deployment("a"), _deployment("b", "blogs/web"))


def test_what_is_on_its_way_out_or_is_not_compared_yet_need_not_be_there(kubectl: Path) -> None:
    (kubectl / "shop").write_text("a")

    _require(_deployment("a"), _deployment("b", delete=True), _deployment("c", outputs={}))


def test_where_nothing_runs_nobody_is_asked(kubectl: Path) -> None:
    _require({**_deployment("a"), "type": "kubernetes:core/v1:Service"})

    assert not (kubectl / "asked").exists()


@pytest.mark.parametrize(
    ("kubectl", "reason"),
    [
        ([], "secure-nginx:kubeconfig is no path of a file"),
        (["/nonexistent/kubectl"], "/nonexistent/kubectl is not there"),
        ([sys.executable, "-c", "raise SystemExit('it is\\nforbidden')"], "asked: forbidden"),
    ],
    ids=["not to be asked", "no kubectl", "no answer"],
)
def test_that_the_cluster_could_not_be_asked_is_said_and_makes_no_failure(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], kubectl: Sequence[str], reason: str
) -> None:
    monkeypatch.setattr(Stack, "kubectl", kubectl)

    _require(_deployment("a"))

    said = capsys.readouterr().out
    assert said.startswith("Whether the cluster still has what the state calls deployed could not be asked: ")
    assert reason in said
    assert said.count("\n") == 1
