"""When a probe's Job runs again: when something that it judges has changed, and only then."""

from typing import Any

import pytest

from components.curl_probe import CurlProbe, CurlProbeArgs, Expectations, Target, Timing
from components.scheduling import Scheduling
from tests.unit import certificates
from tests.unit.harness import Deploy
from tests.unit.probes import LEAF, args, declare


def judged(deploy: Deploy, **fields: Any) -> tuple[Any, Any]:
    """All that decides whether the Job runs again: its template and its plan."""
    deployed = declare(deploy, args(**fields))
    return deployed.one("Job").inputs["spec"]["template"], deployed.one("ConfigMap", "-plan").inputs["data"]


def test_the_same_arguments_run_nothing_again(deploy: Deploy) -> None:
    fields = {"triggers": {"b": "2", "a": "1"}, "certificate_pem": LEAF}
    again = {**fields, "triggers": {"a": "1", "b": "2"}}
    assert judged(deploy, **fields) == judged(deploy, **again)


@pytest.mark.parametrize(
    "fields",
    [
        {"triggers": {"revision": "2"}},
        {"triggers": {}},
        {"ca_config_map": "web-ca-2"},
        {"image": "curl:8.23"},
        {"script_config_map": "probe-script-2"},
        {"certificate_pem": certificates.certificate_pem("leaf", dns_names=("web.shop",))},
        {"certificate_pem": None},
        {"targets": (Target(name="service", host="web.shop"),)},
        {"expect": Expectations(body_text="Welcome")},
        {"negative_checks": False},
        {"timing": Timing(wait_seconds=29)},
        {"scheduling": Scheduling(node_selector={"pool": "dmz"})},
    ],
)
def test_any_change_of_what_is_judged_runs_the_job_again(deploy: Deploy, fields: dict[str, Any]) -> None:
    before = {"triggers": {"revision": "1"}, "certificate_pem": LEAF}
    assert judged(deploy, **before) != judged(deploy, **{**before, **fields})


@pytest.mark.parametrize("said", [CurlProbe.__doc__, CurlProbeArgs.__doc__])
def test_whoever_reads_of_the_job_learns_what_it_does_not_see(said: str) -> None:
    assert '{"rollout": site.rollout, "routing": site.routing}' in said
