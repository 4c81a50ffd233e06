"""The gate: how fast it is, every way to a site, and when it runs again."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e import driver, probe_program, probe_site
from tests.e2e.probe_stack import ProbeStack, diagnostics


@pytest.fixture(scope="module", autouse=True)
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    probe_site.deploy(tmp_path_factory.mktemp("site"))
    yield
    probe_site.remove()


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[ProbeStack]:
    made = ProbeStack(tmp_path / "project")
    yield made
    made.destroy()


def test_a_site_of_somebody_else_is_judged_and_the_outputs_say_so(
    stack: ProbeStack, measurements: driver.Measurements
) -> None:
    driver.must(stack.up("good"))

    found = stack.outputs()["good"]
    assert found["verdict"] == "verified"
    assert found["completed_at"].endswith("Z")
    assert found["targets"] == [f"site: https://{probe_program.HOST}:8443/"]
    assert '"tls":"TLSv1.3 / ' in _log(found["job_name"])
    measurements.add("Job to verdict, one target (s)", _seconds(found["job_name"]), 4)


def test_every_way_to_a_site_is_verified(stack: ProbeStack, measurements: driver.Measurements) -> None:
    driver.must(stack.up("every-way"))

    found = stack.outputs()["every-way"]
    log = _log(found["job_name"])
    assert found["verdict"] == "verified"
    assert len(found["targets"]) == 12
    for target in found["targets"]:
        times = 2 if target.startswith("pods: ") else 1
        assert log.count(f'{{"target":"{target.partition(":")[0]}",') == times, log
    assert log.count('"refusal":') == 3
    measurements.add("Job to verdict, 12 targets (s)", _seconds(found["job_name"]), 8)


def test_a_wrong_certificate_reaches_the_user_at_once(stack: ProbeStack, measurements: driver.Measurements) -> None:
    started = time.monotonic()

    red = stack.up("wrong-name")

    measurements.add("a failing certificate check turns the update red (s)", time.monotonic() - started, 10)
    assert red.code != 0
    assert "curl exit 60" in diagnostics(red.output)["wrong-name-job"]


def test_ten_updates_without_changes_run_no_job(stack: ProbeStack) -> None:
    driver.must(stack.up("good"))
    before = _jobs()

    for _ in range(10):
        driver.must(stack.up("good"))

    assert _jobs() == before


def test_a_failed_job_runs_again_and_passes_once_its_site_is_mended(stack: ProbeStack) -> None:
    driver.kubectl("scale", f"deployment/{probe_site.SITE}", "--replicas=0", f"--namespace={probe_site.NAMESPACE}")
    red = stack.up("good")
    driver.kubectl("scale", f"deployment/{probe_site.SITE}", "--replicas=2", f"--namespace={probe_site.NAMESPACE}")
    driver.kubectl("rollout", "status", f"deployment/{probe_site.SITE}", f"--namespace={probe_site.NAMESPACE}")

    green = stack.up("good")

    assert red.code != 0
    driver.must(green)
    assert stack.outputs()["good"]["verdict"] == "verified"


@pytest.mark.parametrize(
    "change",
    [
        {"triggers": {"revision": "another"}},
        {"negative_checks": False},
        {"ca_config_map": "authority-again"},
    ],
    ids="-".join,
)
def test_a_change_of_what_is_judged_runs_the_job_again(stack: ProbeStack, change: dict[str, object]) -> None:
    driver.must(stack.up("good"))
    before = _jobs()

    driver.must(stack.up("good", changes=change))

    assert len(_jobs()) == 1
    assert _jobs().isdisjoint(before)


def _jobs() -> set[str]:
    return {job["metadata"]["uid"] for job in driver.objects("jobs", namespace=probe_site.NAMESPACE)}


def _log(job: str) -> str:
    return driver.kubectl("logs", f"job/{job}", f"--namespace={probe_site.NAMESPACE}")


def _seconds(job: str) -> float:
    """Return how long a Job took, to the second, as kubectl has it."""
    (status,) = [
        each["status"]
        for each in driver.objects("jobs", namespace=probe_site.NAMESPACE)
        if each["metadata"]["name"] == job
    ]
    begin, end = (
        time.mktime(time.strptime(status[key], "%Y-%m-%dT%H:%M:%SZ")) for key in ("startTime", "completionTime")
    )
    return end - begin
