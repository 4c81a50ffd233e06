"""The lab as a machine: locks, interruptions, dying daemons, and the way down. These tests end with the lab down."""

import os
import re
import signal
import subprocess
from pathlib import Path

import pytest

from tests.e2e import driver, site_stack

PYTHON = driver.REPOSITORY / ".venv" / "bin" / "python"
UP: list[str | Path] = [PYTHON, "-m", "lab", "up"]
# Where each program of the cluster has a file from its start on.
RUN = driver.LAB / "cluster" / "run"


@pytest.fixture(autouse=True)
def _lab() -> None:
    """Any of these tests may run alone, and after any other."""
    driver.must(driver.run(UP))


def test_a_second_command_says_who_holds_the_lock() -> None:
    script = "from lab.lock import exclusive\nwith exclusive('up'):\n print('held', flush=True)\n input()"
    with subprocess.Popen(
        [PYTHON, "-c", script], cwd=driver.REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout
        assert holder.stdin
        assert holder.stdout.readline() == "held\n"

        refused = driver.make("up")

        holder.stdin.close()
    assert refused.code != 0
    assert f"the lab is locked by process {holder.pid} (lab up, since " in refused.output
    assert "Traceback" not in refused.output


def test_a_dead_daemon_is_named_with_the_end_of_its_log_and_started_again() -> None:
    driver.must(driver.make("up"))
    pid_file = RUN / "kube-scheduler@lab-node-1.pid"
    old = int(pid_file.read_text().split()[0])
    os.kill(old, signal.SIGKILL)

    status = driver.make("status")
    mended = driver.must(driver.make("up"))

    assert status.code != 0
    for output in (status.output, mended.output):
        assert re.search(r"kube-scheduler@lab-node-1 has died\. The end of its log \(.+\):\n  \S", output)
    assert re.search(r"verdict +verified", mended.output)
    assert int(pid_file.read_text().split()[0]) != old
    driver.must(driver.make("status"))


def test_all_that_the_cluster_keeps_secret_is_readable_by_its_owner_alone() -> None:
    files = [file for file in (driver.LAB / "cluster").rglob("*") if file.suffix in {".key", ".kubeconfig"}]

    assert len(files) > 10
    assert {file.stat().st_mode & 0o777 for file in [*files, driver.KUBECONFIG]} == {0o600}
    assert (driver.LAB / "cluster").stat().st_mode & 0o777 == 0o700


def test_nobody_gets_into_the_cluster_without_a_certificate() -> None:
    page = driver.run([
        "curl", "--silent", "--show-error", "--noproxy", "*", "--cacert", driver.LAB / "cluster" / "pki" / "ca.crt",
        "--write-out", "%{http_code}", "--output", "/dev/null", "https://127.89.0.11:6443/api/v1/secrets",
    ])  # fmt: skip

    assert page.output == "401"


def test_no_packet_of_a_pod_leaves_the_machine() -> None:
    routes = driver.must(driver.run(["nsenter", "--net=/run/netns/lab-node-1", "ip", "route", "show", "default"]))
    outside = driver.must(driver.run(["nsenter", "--net=/run/netns/lab-outside", "ip", "-brief", "link"]))

    assert routes.output == ""
    assert set(re.findall(r"^(\w+)", outside.output, re.MULTILINE)) == {"lo", "lab0", "node0", "node1"}


@pytest.mark.parametrize(
    ("how", "after"),
    [
        (signal.SIGINT, "etcd@lab-node-1"),
        (signal.SIGKILL, "containerd@lab-node-2"),
        (signal.SIGINT, "networkpolicy@lab-node-2"),
    ],
    ids=["early", "killed", "late"],
)
def test_an_interrupted_start_goes_on_from_there(how: signal.Signals, after: str) -> None:
    driver.must(driver.make("down"))
    start = subprocess.Popen(UP, cwd=driver.REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    begun = RUN / f"{after}.pid"
    site_stack.until(lambda: begun.exists() or start.poll() is not None, 120, f"{after} was not started")
    assert start.poll() is None, "the start has ended before it could be interrupted"
    start.send_signal(how)
    said, _ = start.communicate(timeout=60)

    again = driver.must(driver.run(UP))

    assert start.returncode == (130 if how is signal.SIGINT else -signal.SIGKILL)
    assert "Traceback" not in said
    assert "The lab is up" in again.output
    dns = driver.objects("deployments", namespace="kube-system")
    assert [each["status"]["readyReplicas"] for each in dns] == [1]


def test_the_lab_starts_and_deploys_quickly_when_everything_is_built(measurements: driver.Measurements) -> None:
    driver.must(driver.make("down"))

    result = driver.must(driver.make("up"))

    measurements.add("make up with everything built and the lab down (s)", result.seconds, 60)
    times = dict(re.findall(r"\[\d/\d\] (start two nodes|wait for the nodes): done in ([\d.]+) s", result.output))
    measurements.add("nodes ready after lab up (s)", sum(map(float, times.values())), 20)
    figures = re.search(r"(\d+) MiB of memory, (\d+) MiB of disk", result.output)
    assert figures
    measurements.add("memory of the lab (MiB)", float(figures[1]), 1536)
    measurements.add("disk of the lab (MiB)", float(figures[2]), 6144)


def test_make_down_leaves_nothing_behind_and_may_be_called_twice() -> None:
    cgroups_before = _cgroups_of_the_lab()
    driver.must(driver.make("down"))

    twice = driver.must(driver.make("down"))

    assert cgroups_before
    assert "The lab is down" in twice.output
    assert _cgroups_of_the_lab() == []
    assert _processes_of_the_lab() == []
    assert not [name for name in _names(Path("/run/netns")) if name.startswith("lab-")]
    assert str(driver.LAB) not in Path("/proc/self/mounts").read_text()
    assert not driver.KUBECONFIG.exists()
    # Stacks on clusters elsewhere and what measurements have built are none of the cluster's; pages and previews were
    # written to be read, also after it.
    left = set(_names(driver.LAB)) - {"stacks", "bench", "reports", "previews", "drift"}
    assert left == {"bin", "build-logs", "images", "lock", "locks", "pulumi-home"}


def _names(folder: Path) -> list[str]:
    return [entry.name for entry in folder.iterdir()] if folder.exists() else []


def _cgroups_of_the_lab() -> list[str]:
    return [folder for folder, _, _ in os.walk("/sys/fs/cgroup") if "lab-node-" in folder]


def _processes_of_the_lab() -> list[str]:
    """Return the command lines of processes that run the lab's programs, but the test's own."""
    found = []
    for file in Path("/proc").glob("[0-9]*/exe"):
        try:
            program = str(file.readlink())
        except OSError:
            continue
        if program.startswith(str(driver.LAB)) or Path(program).name in {
            "haproxy",
            "containerd",
            "containerd-shim-runc-v2",
        }:
            found.append(program)
    return found
