"""The commands of the ways of delivery, and their scripts, which wait for many sites at once."""

import base64
import json
import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from bench.delivery import proofs
from bench.delivery.ways import IMAGES, OURS, SCRIPTS, Kustomize, ThisProject, Tutorial, everyone
from bench.stack import configuration


@pytest.mark.parametrize("script", ["tutorial", "kustomize", "helm"])
def test_no_script_skips_verification(script: str) -> None:
    text = (SCRIPTS / f"{script}.sh").read_text() + json.dumps(proofs.proof("a", IMAGES))

    assert not re.search(r"insecure|curl [^|]*-k\b", text)
    assert "--cacert" in text


@pytest.mark.parametrize("script", ["tutorial", "kustomize", "helm"])
def test_every_script_has_every_step(script: str) -> None:
    text = (SCRIPTS / f"{script}.sh").read_text() + (SCRIPTS / "common.sh").read_text()

    assert all(f"\n{step}() {{\n" in text for step in everyone(1, Path())[1].steps)


def test_every_way_has_a_namespace_of_its_own(tmp_path: Path) -> None:
    ways = [*everyone(1, tmp_path), *everyone(10, tmp_path)]

    assert len({way.namespace for way in ways}) == len(ways)
    assert everyone(3, tmp_path)[1].environment["SITES"] == "site-1 site-2 site-3"


def test_scripts_are_called_with_their_step(tmp_path: Path) -> None:
    way = Tutorial(name="tutorial", title="", count=1, kubeconfig=tmp_path)

    assert way.command("rotate") == ["sh", str(SCRIPTS / "tutorial.sh"), "rotate"]
    assert way.state() is None


def test_files_of_scripts_are_written_before_the_first_step_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bench.delivery.ways.FOLDER", tmp_path)
    for way in everyone(2, tmp_path)[1:]:
        way.prepare("deliver")
        names = {file.name for file in (tmp_path / way.namespace).iterdir()}
        (tmp_path / way.namespace / "made").touch()
        way.prepare("rotate")

        assert (tmp_path / way.namespace / "made").exists()
        assert names
    kustomization = json.loads((tmp_path / "bench-kustomize-2" / "kustomization.yaml").read_text())
    assert kustomization["resources"] == ["site-1.yaml", "site-2.yaml"]
    assert isinstance(way, Kustomize) is False


def test_this_project_is_asked_for_a_preview_when_there_is_nothing_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bench.stack.FOLDER", tmp_path)
    way = ThisProject(name="ours", title=OURS, count=1, kubeconfig=tmp_path)
    file = tmp_path / way.namespace / f"Pulumi.{way.namespace}.yaml"
    file.parent.mkdir()
    file.write_text(yaml.safe_dump({"config": configuration(way.namespace, {})}))
    state = tmp_path / way.namespace / ".pulumi" / "stacks" / "secure-nginx" / f"{way.namespace}.json"
    state.parent.mkdir(parents=True)
    state.write_text('{"checkpoint": {"latest": null}}')

    assert list(way.command("check"))[:2] == ["pulumi", "preview"]
    assert "--expect-no-changes" in way.command("check")
    assert "--refresh" not in way.command("check")
    assert {"preview", "--refresh", "--expect-no-changes"} <= set(way.command("compare"))
    assert "destroy" in way.command("remove")


def test_a_configuration_lies_over_the_project_s_own() -> None:
    whole = configuration("space", {"replicas": 5, "service": {"type": "ClusterIP"}})

    assert whole["secure-nginx:namespace"] == "space"
    assert whole["secure-nginx:replicas"] == 5
    assert whole["secure-nginx:service"] == {"type": "ClusterIP"}
    assert whole["secure-nginx:probe"]["expect"] == {"bodyText": "Welcome to nginx!"}


def test_helm_s_state_is_what_its_secrets_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    releases = b" ".join(base64.b64encode(each) for each in (b"12345", b"1234567")).decode()
    monkeypatch.setattr("bench.delivery.ways.cluster.kubectl", lambda *_: releases)

    assert everyone(1, tmp_path)[3].state() == 12


_TOOL = """\
#!/bin/sh
case "$*" in *--filename=-*) cat >/dev/null ;; esac
echo "${0##*/} $*" >>"$LOG"
case "$*" in *" exec "*) echo 'Welcome to nginx!' ;; esac
"""


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """A folder with programs that do nothing and write down how they were called."""
    folder = tmp_path / "tools"
    folder.mkdir()
    for name in ("kubectl", "openssl", "helm"):
        (folder / name).write_text(_TOOL)
        (folder / name).chmod(0o755)
    return folder


def _calls(tools: Path, script: str, step: str, sites: str) -> list[str]:
    log = tools / "log"
    log.unlink(missing_ok=True)
    environment = {"PATH": f"{tools}:{os.environ['PATH']}", "LOG": str(log), "NAMESPACE": "n", "SITES": sites,
                   "WORK": str(tools), "PATIENCE": "9s"}  # fmt: skip
    subprocess.run(["/bin/sh", SCRIPTS / f"{script}.sh", step], env=environment, check=True, stdout=subprocess.DEVNULL)
    return [line.replace("kubectl --namespace=n ", "kubectl ") for line in log.read_text().splitlines()]


@pytest.mark.parametrize("step", ["deliver", "rotate"])
@pytest.mark.parametrize(("script", "waits"), [("tutorial", 2), ("kustomize", 2)])
def test_no_site_waits_for_another_one(tools: Path, script: str, waits: int, step: str) -> None:
    calls = _calls(tools, script, step, "a b c")
    waiting = [call for call in calls if re.search(r"kubectl (rollout status|wait) ", call)]

    assert len(waiting) == waits
    assert all(re.search(rf"/{site}\b", call) for call in waiting for site in "abc")
    assert max(index for index, call in enumerate(calls) if call.startswith("openssl")) < calls.index(waiting[0])


def test_one_site_is_delivered_by_the_tutorials_commands(tools: Path) -> None:
    secret, *rest = _calls(tools, "tutorial", "deliver", "a")[2:]

    assert secret.startswith("kubectl create secret generic a-secret ")
    assert rest == [
        "kubectl apply --filename=-",
        "kubectl create configmap a-config --from-file=default.conf --from-file=main",
        "kubectl apply --filename=a.yaml",
        "kubectl rollout status deployment/a --timeout=9s",
        "kubectl apply --filename=a-curl.yaml",
        "kubectl rollout status deployment/a-curl --timeout=9s",
        "kubectl exec deployment/a-curl -- curl --silent --show-error --fail --max-time 5 --cacert "
        "/etc/nginx/ssl/nginx.crt https://a/",
    ]


@pytest.mark.parametrize("script", ["tutorial", "kustomize", "helm"])
def test_objects_are_removed_with_their_pods_before_their_namespace(tools: Path, script: str) -> None:
    *objects_first, last = _calls(tools, script, "remove", "a b")

    assert last == "kubectl delete namespace n"
    assert objects_first
    assert all("--cascade=foreground" in call and "--wait" in call for call in objects_first)


def test_a_check_asks_once_for_all_sites(tools: Path) -> None:
    (call,) = _calls(tools, "tutorial", "check", "a b")

    assert call.startswith("kubectl diff ")
    assert all(f"--filename={file}" in call for file in ("a.yaml", "a-curl.yaml", "b.yaml", "b-curl.yaml"))
