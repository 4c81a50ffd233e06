"""A state that several people share: locks, copies, another passphrase; in files, in PostgreSQL, and in S3."""

import json
import os
import shlex
import signal
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.e2e import driver, site_stack
from tests.e2e.team_backends import BACKENDS, Backend

STACK = "teams"
COMMAND = "make up BACKEND='postgres://user@host/database'"
EXAMPLE = "postgres://user@host/database"


@dataclass
class Member:
    """Somebody of the team, on a machine of their own."""

    project: Path
    lab: Path
    backend: Backend
    passphrase: str = "the first one"

    def variables(self, **more: str) -> Mapping[str, str]:
        return {
            "LAB_DIR": str(self.lab),
            "KUBECONFIG": str(driver.KUBECONFIG),
            "KUBE_CONTEXT": "lab",
            "PULUMI_CONFIG_PASSPHRASE": self.passphrase,
            "STACK": STACK,
            "BACKEND": self.backend.url,
            **self.backend.variables,
            **more,
        }

    def up(self) -> driver.Result:
        """Deploy as docs/previews.md says."""
        command = shlex.split(COMMAND.replace(EXAMPLE, self.backend.url))
        return driver.run(command, environment=self.variables(BACKEND=""), folder=self.project)

    def make(self, target: str, **more: str) -> driver.Result:
        return driver.make(target, environment=self.variables(**more), folder=self.project)

    def deployment(self) -> dict[str, Any]:
        """What the state has: resources, and operations that have begun."""
        state: dict[str, Any] = json.loads(driver.must(self.make("pulumi", ARGS="stack export")).output)
        return dict(state["deployment"])

    def sees_a_deployment_begun(self) -> bool:
        """Whether the state has a Deployment that has begun; a file that is being written cannot be read."""
        exported = self.make("pulumi", ARGS="stack export")
        begun = json.loads(exported.output)["deployment"].get("pending_operations") or [] if exported.code == 0 else []
        return any(each["resource"]["type"].endswith(":Deployment") for each in begun)

    def resources(self) -> int:
        return len(self.deployment()["resources"])

    def configure(self, **values: Any) -> None:
        keys = {
            "context": "lab",
            "namespace": f"secure-nginx-{STACK}",
            "image": site_stack.NGINX,
            "preStopSeconds": 1,
            "probe": {"image": site_stack.CURL, "negativeChecks": False},
            **values,
        }
        config = {f"secure-nginx:{key}": value for key, value in keys.items()}
        text = yaml.safe_dump({"config": {"pulumi:disable-default-providers": ["kubernetes"], **config}})
        (self.project / f"Pulumi.{STACK}.yaml").write_text(text)


@pytest.fixture(params=list(BACKENDS))
def backend(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Backend]:
    with BACKENDS[request.param](tmp_path) as place:
        yield place


@pytest.fixture
def members(backend: Backend, project: Path, tmp_path: Path) -> Iterator[list[Member]]:
    """Two people with one state."""
    people = []
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "bin").symlink_to(driver.LAB / "bin")
        people.append(Member(project, tmp_path / name, backend))
    people[0].configure()
    yield people
    driver.must(people[0].make("destroy"))


def test_a_team_shares_a_state(members: list[Member], tmp_path: Path) -> None:
    first, second = members
    driver.must(first.up())
    _one_of_two_updates_wins(first, second)
    _a_killed_update_is_cancelled_by_somebody_else(first, second)
    _a_copy_comes_back_and_a_damaged_one_does_not(second, tmp_path)
    _the_old_passphrase_opens_nothing(first, second)


def test_pulumi_cloud_is_asked_with_a_token_and_by_nobody_without(project: Path, tmp_path: Path) -> None:
    (tmp_path / "bin").symlink_to(driver.LAB / "bin")
    nobody = Member(project, tmp_path, Backend("https://127.0.0.1:1", {"PULUMI_ACCESS_TOKEN": ""}))
    member = Member(project, tmp_path, Backend("https://127.0.0.1:1", {"PULUMI_ACCESS_TOKEN": "pul-of-nobody"}))
    nobody.configure()

    without, refused = nobody.make("up"), member.make("up")

    assert without.code != 0
    assert "PULUMI_ACCESS_TOKEN must be set" in without.output
    assert refused.code != 0
    assert "https://127.0.0.1:1/api/user" in refused.output
    assert "pul-of-nobody" not in refused.output


def _one_of_two_updates_wins(first: Member, second: Member) -> None:
    first.configure(replicas=1)
    with subprocess.Popen(
        ["/usr/bin/make", "up"], cwd=first.project, env={**os.environ, **first.variables()}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, start_new_session=True,
    ) as running:  # fmt: skip
        assert running.stdout
        for line in running.stdout:
            if "Updating" in line:
                break
        # It has its lock, and keeps it until the other has been refused.
        os.killpg(running.pid, signal.SIGSTOP)
        try:
            refused = second.make("up")
        finally:
            os.killpg(running.pid, signal.SIGCONT)
        rest = running.stdout.read()

    assert running.returncode == 0, rest
    assert refused.code != 0
    assert "locked by 1 lock" in refused.output
    assert "created by " in refused.output
    assert "(pid " in refused.output
    assert "pulumi cancel" in refused.output


def _a_killed_update_is_cancelled_by_somebody_else(first: Member, second: Member) -> None:
    # An image that is not there: the Deployment is created, and waited for.
    first.configure(image="localhost/secure-nginx/no-such-image:1", imagePullPolicy="Never")
    with subprocess.Popen(
        ["/usr/bin/make", "up"], cwd=first.project, env={**os.environ, **first.variables()}, text=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, start_new_session=True,
    ) as update:  # fmt: skip
        site_stack.until(second.sees_a_deployment_begun, 180, "no Deployment was begun")
        os.killpg(update.pid, signal.SIGKILL)
    first.configure(replicas=1)

    refused = second.make("up")
    cancelled = driver.must(second.make("pulumi", ARGS="cancel --yes"))
    driver.must(second.make("up"))

    assert "locked by 1 lock" in refused.output
    assert "is compared with the cluster by the next update" in cancelled.output
    driver.must(second.make("preview", ARGS="-- --expect-no-changes"))


def _a_copy_comes_back_and_a_damaged_one_does_not(member: Member, folder: Path) -> None:
    copy, cut = folder / "copy.json", folder / "cut.json"
    before = member.resources()
    driver.must(member.make("backup", FILE=str(copy)))
    cut.write_text(copy.read_text()[:-200])

    refused = member.make("restore", FILE=str(cut))
    full = _backup_on_a_full_disk(member, folder / "disk")
    restored = driver.must(member.make("restore", FILE=str(copy)))

    assert copy.stat().st_mode & 0o777 == 0o600
    assert "was cut off or damaged. Nothing was changed" in refused.output
    assert "cannot be written" in full.output
    assert "Traceback" not in refused.output + full.output
    assert f"{before} resources of the stack {STACK} are back" in restored.output
    assert member.resources() == before


def _backup_on_a_full_disk(member: Member, disk: Path) -> driver.Result:
    """Try to copy over an older copy on a disk with room for 16 KiB, and show that the older one is still whole."""
    disk.mkdir()
    driver.must(driver.run(["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", disk]))
    try:
        (disk / "copy.json").write_text("an older copy")
        result = member.make("backup", FILE=str(disk / "copy.json"))
        assert [file.name for file in disk.iterdir()] == ["copy.json"]
        assert (disk / "copy.json").read_text() == "an older copy"
    finally:
        driver.must(driver.run(["umount", disk]))
    return result


def _the_old_passphrase_opens_nothing(first: Member, second: Member) -> None:
    driver.must(first.make("rotate-passphrase", NEW_PASSPHRASE="the second one"))

    refused = second.make("up")
    first.passphrase = second.passphrase = "the second one"
    accepted = driver.must(second.make("up"))

    assert refused.code != 0
    assert "incorrect passphrase" in refused.output
    assert site_stack.changes(accepted.output).keys() == {"unchanged"}
