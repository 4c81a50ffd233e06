"""What can be wrong with a site, each with its own reason in what Pulumi prints, and one update for all of it."""

import re
import time
from collections.abc import Callable, Iterator

import pytest

from tests.e2e import driver, probe_program, probe_site, probe_stack
from tests.e2e.probe_stack import ProbeStack, diagnostics

_SITE = f"site https://{probe_program.HOST}"
_AT = f"FAILED {_SITE}:{probe_site.GOOD}"
REASONS = {
    "no-name": f"FAILED site https://nobody.{probe_site.DOMAIN}:8443/: curl exit 6 (name not resolved)",
    "no-listener": f"FAILED {_SITE}:8499/: curl exit 7 (connection refused or no route)",
    "wrong-authority": f"{_AT}/: curl exit 60 (certificate or host name not trusted): ",
    "public-authority": f"{_AT}/: curl exit 60 (certificate or host name not trusted): ",
    "wrong-name": f"FAILED {_SITE}:8444/: curl exit 60 (certificate or host name not trusted): ",
    "expired": f"FAILED {_SITE}:8445/: curl exit 60 (certificate or host name not trusted): ",
    "status-404": f"{_AT}/absent: status: expected 200, found 404",
    "status-503": f"{_AT}/broken: status: expected 200, found 503 (after 10 s)",
    "wrong-body": f'{_AT}/: body: expected the text "Nobody says this", found a body without it',
    "redirect": f"{_AT}/moved: status: expected 200, found 301 (redirect to https://elsewhere.invalid/)",
}
DETAILS = {
    "wrong-authority": "unable to get local issuer certificate",
    "wrong-name": "no alternative certificate subject name matches target host",
    "expired": "certificate has expired",
}


class Update:
    """One update with every fault in it, beside probes that must turn green."""

    def __init__(self, stack: ProbeStack) -> None:
        probe_site.start_late()
        self.result = stack.up(*REASONS, "late", "no-image", "watch", "good")
        self.said = diagnostics(self.result.output)
        self.jobs = driver.objects("jobs", namespace=probe_site.NAMESPACE)

    def job(self, probe: str) -> dict[str, object]:
        """Return the status of the Job of a probe."""
        (status,) = [
            job["status"] for job in self.jobs if job["metadata"]["labels"]["app.kubernetes.io/instance"] == probe
        ]
        return dict(status)


@pytest.fixture(scope="module")
def update(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Update]:
    probe_site.deploy(tmp_path_factory.mktemp("site"))
    stack = ProbeStack(tmp_path_factory.mktemp("faults") / "project")
    yield Update(stack)
    stack.destroy()
    probe_site.remove()


@pytest.mark.parametrize("fault", REASONS)
def test_a_fault_turns_the_update_red_with_its_own_reason(update: Update, fault: str) -> None:
    said = update.said[f"{fault}-job"]

    assert update.result.code != 0
    assert REASONS[fault] in said, said
    assert DETAILS.get(fault, "") in said
    assert said.count("FAILED ") == said.count(REASONS[fault]), "it has no other reason"


def test_no_traceback_and_no_secret_is_printed(update: Update) -> None:
    assert "Traceback" not in update.result.output
    assert "PRIVATE KEY" not in update.result.output


def test_only_what_is_wrong_is_red(update: Update) -> None:
    failed = {name.removesuffix("-job") for name, text in update.said.items() if "error:" in text}

    assert failed - {f"probe-e2e-{probe_stack.NAME}"} == {*REASONS, "no-image"}
    assert update.job("good")["succeeded"] == 1


def test_a_site_that_starts_late_is_waited_for(update: Update) -> None:
    status = update.job("late")

    assert status["succeeded"] == 1
    assert "late-job" not in update.said


def test_an_image_that_cannot_be_pulled_fails_within_a_minute_with_the_reason(
    update: Update, measurements: driver.Measurements
) -> None:
    said = update.said["no-image-job"]

    assert re.search(r"ErrImagePull|ImagePullBackOff|ErrImageNeverPull", said), said
    assert "localhost/secure-nginx/absent:1" in said
    measurements.add("an image that cannot be pulled turns the update red (s)", update.result.seconds, 65)


def test_a_watch_that_fails_later_is_visible_to_kubectl(update: Update) -> None:
    instance = "--selector=app.kubernetes.io/instance=watch"
    where = f"--namespace={probe_site.NAMESPACE}"

    driver.kubectl("delete", "service", probe_site.FADING, where)
    _wait_for(lambda: "Failed" in driver.kubectl("get", "jobs", instance, where), seconds=200)

    messages = driver.kubectl(
        "get", "pods", instance, where,
        "--output=jsonpath={.items[*].status.containerStatuses[0].state.terminated.message}",
    )  # fmt: skip
    assert f"FAILED site https://{probe_site.FADING}.{probe_site.DOMAIN}:8443/: curl exit 6" in messages


def _wait_for(condition: Callable[[], bool], *, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(1)
