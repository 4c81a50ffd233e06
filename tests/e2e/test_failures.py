"""What goes wrong, said plainly: planted bugs turn `make up` red, and a killed update is recovered from."""

import os
import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e import driver, site_stack


def _on_the_lab() -> dict[str, str]:
    return {"LAB_DIR": str(driver.LAB)}


def _plant(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert text.count(old) == 1, f"{file.name} has changed; plant the bug elsewhere"
    file.write_text(text.replace(old, new))


def test_a_certificate_for_another_name_turns_the_update_red_with_curls_reason(project: Path) -> None:
    _plant(
        project / "components" / "_generated_certificate.py",
        "dns_names=site.subjects.apply(lambda names: list(names.dns))",
        'dns_names=["another.example"]',
    )

    red = driver.make("up", folder=project, environment=_on_the_lab())
    green = driver.make("up")

    assert red.code != 0
    assert re.search(r"curl.*60|exit.*60", red.output), red.output
    assert "my-nginx.secure-nginx-dev.svc.cluster.local" in red.output
    assert "verdict         verified" not in red.output
    assert "PRIVATE KEY" not in red.output
    assert re.search(r"verdict +verified", driver.must(green).output)


def test_a_wrong_setting_is_named_with_its_remedy_and_changes_nothing(project: Path, deployed: dict[str, Any]) -> None:
    file = project / "Pulumi.dev.yaml"
    file.write_text(file.read_text() + "  secure-nginx:replica: 3\n  secure-nginx:podSecurity: strict\n")

    red = driver.make("up", folder=project, environment=_on_the_lab())

    assert red.code != 0
    assert "secure-nginx:replica" in red.output
    assert "did you mean 'replicas'?" in red.output
    assert "secure-nginx:podSecurity" in red.output
    assert "Traceback" not in red.output
    driver.must(driver.make("preview", "ARGS=-- --expect-no-changes"))


def test_an_unknown_stack_is_refused_with_the_names_of_those_that_exist() -> None:
    refused = driver.make("up", "STACK=nowhere")

    assert refused.code != 0
    assert "there is no stack 'nowhere'; these are: dev" in refused.output
    assert "Traceback" not in refused.output


def test_an_update_that_is_killed_half_way_is_recovered_from(half_way: "subprocess.Popen[str]") -> None:
    (engine,) = _running(half_way.pid, "pulumi up ")
    assert _packs_of(half_way.pid)

    os.kill(engine, signal.SIGKILL)
    half_way.communicate(timeout=60)
    # Plugins and language host look for their engine every five minutes; the policy pack is this project's.
    site_stack.until(lambda: not _packs_of(half_way.pid), 15, "the policy pack outlives the engine")
    recovered = driver.must(driver.make("up"))

    assert half_way.returncode != 0
    assert f"An earlier update (process {engine}) was killed" in recovered.output
    _is_whole(recovered)


def test_what_a_killed_plugin_was_creating_is_adopted(half_way: "subprocess.Popen[str]") -> None:
    (plugin,) = _running(half_way.pid, "pulumi-resource-kubernetes ")

    os.kill(plugin, signal.SIGKILL)
    said, _ = half_way.communicate(timeout=60)
    recovered = driver.must(driver.make("up"))

    assert half_way.returncode != 0
    assert "is compared with the cluster by the next update" in said
    _is_whole(recovered)


def test_an_update_that_is_interrupted_ends_tidily(half_way: "subprocess.Popen[str]") -> None:
    # As a terminal does: everything that it runs is told.
    os.killpg(half_way.pid, signal.SIGINT)
    said, _ = half_way.communicate(timeout=60)
    again = driver.must(driver.make("up"))

    assert half_way.returncode != 0
    assert "interrupted; the same command goes on from here" in said
    assert "was killed" not in again.output
    assert "never ended" not in again.output
    _is_whole(again)


def test_what_the_cluster_has_lost_is_not_called_verified(deployed: dict[str, Any]) -> None:
    driver.kubectl("delete", "deployment/my-nginx", f"--namespace={deployed['namespace']}")

    red = driver.make("up")
    driver.must(driver.make("refresh"))
    again = driver.must(driver.make("up"))

    assert red.code != 0
    assert "the cluster does not have what the state calls deployed" in red.output
    assert "verified" not in red.output.partition("the cluster does not have")[0]
    _is_whole(again)


@pytest.fixture
def half_way() -> Iterator["subprocess.Popen[str]"]:
    """`make up` from nothing, with its Deployment created and not yet ready."""
    driver.must(driver.make("destroy"))
    update = subprocess.Popen(
        ["/usr/bin/make", "up"],
        cwd=driver.REPOSITORY,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    site_stack.until(_is_in_the_middle, 60, "nothing was created")
    yield update
    update.communicate(timeout=120)


def _is_whole(recovered: driver.Result) -> None:
    assert re.search(r"verdict +verified", recovered.output)
    driver.must(driver.make("preview", "ARGS=-- --expect-no-changes"))
    _no_object_is_an_orphan()


def _processes_of(session: int) -> dict[int, str]:
    """Return the processes of a session: number to command line."""
    processes = [line.split(maxsplit=2) for line in driver.run(["ps", "-eo", "pid=,sid=,args="]).output.splitlines()]
    return {int(pid): command for pid, leader, command in processes if int(leader) == session}


def _running(session: int, command: str) -> list[int]:
    return [pid for pid, line in _processes_of(session).items() if command in line]


def _packs_of(session: int) -> list[str]:
    return [command for command in _processes_of(session).values() if "policy/__main__.py" in command]


def _is_in_the_middle() -> bool:
    """Tell whether the Deployment is there; its pods are then still starting."""
    command = ["get", "deployments", f"--namespace={driver.NAMESPACE}", "--output=name", "--ignore-not-found"]
    return bool(driver.kubectl(*command).strip())


def _no_object_is_an_orphan() -> None:
    """Assert that every object that Pulumi makes is in the cluster as often as in the state."""
    resources = driver.pulumi_state()["deployment"]["resources"]
    for kind in ("ConfigMap", "Secret", "Service", "Deployment", "Job"):
        known = {resource["id"].split("/")[-1] for resource in resources if resource["type"].endswith(f":{kind}")}
        present = {each["metadata"]["name"] for each in driver.objects(f"{kind.lower()}s")} - {"kube-root-ca.crt"}
        assert present == known
