"""Wrong arguments: every one is named with its field, its value and the remedy."""

import dataclasses
import subprocess
from typing import Any

import pytest

from components._probe.objects import pod_labels
from components.curl_probe import (
    CronJobMode,
    CurlProbe,
    CurlProbeArgs,
    Expectations,
    NetworkAccess,
    ShellMode,
    Target,
    Timing,
)
from components.scheduling import Scheduling, Toleration

GOOD = CurlProbeArgs(
    namespace="shop",
    image="curl:8.22",
    targets=(Target(name="service", host="web.shop.svc"),),
    ca_config_map="web-ca",
)


def target(**fields: Any) -> dict[str, Any]:
    return {"targets": (Target(**{"name": "service", "host": "web.shop.svc", **fields}),)}


def expect(**fields: Any) -> dict[str, Any]:
    return {"expect": Expectations(**fields)}


MISTAKES: list[tuple[dict[str, Any], str]] = [
    ({"namespace": "Shop"}, "namespace: 'Shop' must be"),
    ({"targets": ()}, "targets: () must name a target"),
    ({"targets": GOOD.targets * 2}, "targets.name: 'service' is given twice"),
    ({"ca_config_map": None}, "ca_config_map: (not set) must be set for service"),
    (
        {"ca_config_map": None, "targets": (*GOOD.targets, Target(name="other", host="api.shop.svc"))},
        "ca_config_map: (not set) must be set for service, other; or set",
    ),
    ({"job": False}, "job: False must be true while neither cron_job nor shell is set"),
    ({"labels": {"a b": ""}}, "labels: 'a b' must be a label key"),
    (target(name="a b"), "targets.a b.name: 'a b' must be"),
    (target(host="web_shop"), "targets.service.host: 'web_shop' must be an IP address or"),
    (target(address="192.0.2.300"), "targets.service.address: '192.0.2.300' is neither an IP address nor a DNS name"),
    (target(port=0), "targets.service.port: 0 must be between 1 and 65535"),
    (target(path="index"), "targets.service.path: 'index' must begin with '/'"),
    (target(path='/a"b'), "must begin with '/'; write blanks and quotes as %20"),
    (target(address="a b"), "targets.service.address: 'a b' must be"),
    (target(address="::1%x\npinned no"), "targets.service.address: '::1%x\\npinned no' must be an IP address"),
    (target(address="a", address_port=-1), "targets.service.address_port: -1 must be between"),
    (target(address="a", http_address_port=0), "targets.service.http_address_port: 0 must be between"),
    (target(address_port=30443), "targets.service.address: (not set) must be set for address_port to mean something"),
    (target(http_address_port=30080), "targets.service.address: (not set) must be set for http_address_port to"),
    ({"image": "curl:latest"}, "image: 'curl:latest' must have a tag other than 'latest', or a digest"),
    ({"image_pull_secrets": ("A",)}, "image_pull_secrets: 'A' must be"),
    ({"ca_config_map": "A"}, "ca_config_map: 'A' must be"),
    ({"certificate_pem": "junk"}, "certificate_pem: '(PEM)' must be one or more certificates"),
    ({"labels": {"app.kubernetes.io/name": "x"}}, "labels: 'app.kubernetes.io/name' is set by the component"),
    (target(every_address=-1), "targets.service.every_address: -1 must be between"),
    (
        target(every_address=2, address="192.0.2.1"),
        "targets.service.address: '192.0.2.1' goes against every_address",
    ),
    (target(expect=Expectations(statuses=())), "targets.service.expect.statuses: ()"),
    (expect(statuses=(99,)), "expect.statuses: 99 must be between 100 and 599"),
    (expect(body_text="a\nb"), "expect.body_text: 'a\\nb' must be one line of text"),
    (expect(body_text=""), "expect.body_text: '' must be one line of text"),
    (expect(body_regex="\x07"), "expect.body_regex: '\\x07' must be one line of text"),
    (expect(body_regex="a[b"), "expect.body_regex: 'a[b' is no regular expression: it has a [ that nothing ends; "),
    (expect(body_regex="[[:alpha:]"), "expect.body_regex: '[[:alpha:]' is no regular expression: it has a [ that"),
    (expect(body_regex="(a|(b)"), "expect.body_regex: '(a|(b)' is no regular expression: it has a ( that nothing"),
    (expect(body_regex="a\\"), "expect.body_regex: 'a\\\\' is no regular expression: it has a \\ that nothing"),
    (expect(headers={"a b": ""}), "expect.headers: 'a b' must be a header name"),
    (expect(headers={"%{certs}": ""}), "expect.headers: '%{certs}' must be a header name"),
    (expect(headers={"a": "\n"}), "expect.headers.a: '\\n' must be one line of text"),
    (expect(min_days_left=-1), "expect.min_days_left: -1 must be between"),
    (expect(max_latency_ms=0), "expect.max_latency_ms: 0 must be between"),
    (expect(http_port=0), "expect.http_port: 0 must be between"),
    ({"script_config_map": ""}, "script_config_map: '' must"),
    ({"timing": Timing(connect_seconds=0)}, "timing.connect_seconds: 0 must be between"),
    ({"timing": Timing(request_seconds=0)}, "timing.request_seconds: 0 must be between"),
    ({"timing": Timing(wait_seconds=-1)}, "timing.wait_seconds: -1 must be between"),
    ({"timing": Timing(settle_seconds=-1)}, "timing.settle_seconds: -1 must be between"),
    ({"timing": Timing(wait_seconds=40)}, "timing.deadline_seconds: 55 must be at least 60"),
    ({"cron_job": CronJobMode(schedule="often")}, "cron_job.schedule: 'often' must be five"),
    (
        {"cron_job": CronJobMode(schedule="60 * * * *")},
        "cron_job.schedule: '60 * * * *' must have numbers from 0 to 59",
    ),
    ({"cron_job": CronJobMode(schedule="0 0 0 * *")}, "cron_job.schedule: '0 0 0 * *' must have numbers from 1 to 31"),
    (
        {"cron_job": CronJobMode(schedule="*/0 * * * *")},
        "cron_job.schedule: '*/0 * * * *' must have numbers from 0 to",
    ),
    (
        {"cron_job": CronJobMode(schedule="0 22-4 * * *")},
        "cron_job.schedule: '0 22-4 * * *' must have numbers from 0 to",
    ),
    (
        {"cron_job": CronJobMode(schedule="0 1-24 * * *")},
        "cron_job.schedule: '0 1-24 * * *' must have numbers from 0 to",
    ),
    (
        {"cron_job": CronJobMode(schedule="0 9 * * XYZ")},
        "cron_job.schedule: '0 9 * * XYZ' must have numbers from 0 to 6, names from SUN to SAT, rising ranges",
    ),
    (
        {"cron_job": CronJobMode(schedule="0 9 * * FRI-MON")},
        "must have numbers from 0 to 6, names from SUN to SAT, rising ranges and steps of them where it has 'FRI-MON'",
    ),
    (
        {"cron_job": CronJobMode(schedule="0 9 * dec-1 *")},
        "must have numbers from 1 to 12, names from JAN to DEC, rising ranges and steps of them where it has 'dec-1'",
    ),
    *(
        ({"cron_job": CronJobMode(schedule=schedule)}, f"cron_job.schedule: '{schedule}' must have numbers from")
        for schedule in ("0 MON * * *", "0 0 JAN * *", "0 0 * SUN *", "0 0 * * JAN", "0 0 * JAN0 *", "0 0 * */JAN *")
    ),
    (
        {"cron_job": CronJobMode(starting_deadline_seconds=5)},
        "cron_job.starting_deadline_seconds: 5 must be between 10",
    ),
    (
        {"cron_job": CronJobMode(starting_deadline_seconds=3601)},
        "cron_job.starting_deadline_seconds: 3601 must be between 10",
    ),
    ({"cron_job": CronJobMode(successes_kept=101)}, "cron_job.successes_kept: 101 must be"),
    ({"cron_job": CronJobMode(failures_kept=101)}, "cron_job.failures_kept: 101 must be"),
    ({"cron_job": CronJobMode(successes_kept=-1)}, "cron_job.successes_kept: -1 must be"),
    ({"cron_job": CronJobMode(failures_kept=0)}, "cron_job.failures_kept: 0 must be"),
    ({"shell": ShellMode(labels={"app": "a b"})}, "shell.labels: 'app=a b' must have"),
    ({"network": NetworkAccess(ports=())}, "network.ports: () must name a port"),
    ({"network": NetworkAccess(ports=(0,))}, "network.ports: 0 must be between"),
    (
        {"network": NetworkAccess(ports=(8443,), pod_labels={"a b": ""})},
        "network.pod_labels: 'a b' must be a label key",
    ),
    (
        {"network": NetworkAccess(ports=(8443,), cidrs=("10.0.0.1",))},
        "network.cidrs: '10.0.0.1' must be a network",
    ),
    ({"scheduling": Scheduling(node_selector={"a b": "c"})}, "scheduling.node_selector: 'a b' must be a label key"),
    ({"scheduling": Scheduling(tolerations=(Toleration(key=""),))}, "scheduling.tolerations: '' must be"),
    ({"scheduling": Scheduling(user_namespace=True)}, "scheduling.user_namespace: True must be false for a probe"),
    (
        {"site_selector": {"app.kubernetes.io/instance": "probe"}},
        "site_selector: {'app.kubernetes.io/instance': 'probe'} selects the probe's pods",
    ),
    (
        {"site_selector": {"app": "curlpod"}, "shell": ShellMode()},
        "site_selector: {'app': 'curlpod'} selects the probe's pods",
    ),
    (
        {"site_selector": {"app": "curlpod"}, "shell": ShellMode(), "labels": {"app": "shop"}},
        "site_selector: {'app': 'curlpod'} selects the probe's pods",
    ),
    (
        {"site_selector": {"app": "shop"}, "shell": ShellMode(), "labels": {"app": "shop"}},
        "site_selector: {'app': 'shop'} selects the probe's pods",
    ),
]


@pytest.mark.parametrize(("fields", "problem"), MISTAKES)
def test_a_wrong_argument_is_named_with_its_remedy(fields: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValueError, match="CurlProbe 'probe': ") as error:
        CurlProbe("probe", dataclasses.replace(GOOD, **fields))
    assert problem in str(error.value)


@pytest.mark.parametrize("name", ["Probe", "p" * 39])
def test_a_wrong_name_is_named_with_its_remedy(name: str) -> None:
    with pytest.raises(ValueError, match=f"name: '{name}' must "):
        CurlProbe(name, GOOD)


def test_a_selector_of_every_label_of_the_probes_pods_is_refused() -> None:
    with pytest.raises(ValueError, match="selects the probe's pods too"):
        CurlProbe("probe", dataclasses.replace(GOOD, site_selector=pod_labels("probe", GOOD)))


@pytest.mark.usefixtures("deploy")
def test_a_name_is_accepted_that_just_leaves_room_for_that_of_its_watch() -> None:
    CurlProbe("p" * 38, GOOD)


@pytest.mark.parametrize(
    "fields",
    [
        {"job": False, "shell": ShellMode()},
        {"job": False, "cron_job": CronJobMode(schedule="@hourly")},
        {"job": False, "cron_job": CronJobMode(schedule="*/90 0-23 1,31 JAN-DEC 0-6")},
        {"job": False, "cron_job": CronJobMode(schedule="0 0 * feb,4-Oct/2 sun-6,Tue/2")},
        *(
            {
                "cron_job": CronJobMode(
                    starting_deadline_seconds=deadline, successes_kept=successes, failures_kept=failures
                )
            }
            for deadline, successes, failures in ((10, 0, 1), (3600, 100, 100))
        ),
        {"timing": Timing(wait_seconds=35, deadline_seconds=55)},
        {"site_selector": {"app.kubernetes.io/name": "secure-nginx"}},
        {"ca_config_map": None, **target(trust="public")},
        target(path="/a/b?c=d%20e"),
        expect(body_text="Grüße"),
    ],
)
def test_an_unusual_argument_is_no_problem(fields: dict[str, Any]) -> None:
    assert not list(dataclasses.replace(GOOD, **fields).problems())


@pytest.mark.parametrize(
    "regex",
    [
        "[]a]", "[^]a]", "[]", "[^]", "[a", "[[:alpha:]]+", "[[:alpha:]", "[[.].]x]", "[[=a=]b]", "[[]", "[a]]", "[(]",
        "([)]", "(a|b)", "((a)", "(a", "\\(", "\\[", "a\\", "a\\\\", "a\\\\\\", "[\\]", "x{2}",
    ],
)  # fmt: skip
def test_a_regular_expression_ends_where_grep_says_so(regex: str) -> None:
    grep = subprocess.run(["/bin/grep", "-Eq", "-e", regex], input=b"x\n", stderr=subprocess.DEVNULL, check=False)

    problems = list(dataclasses.replace(GOOD, expect=Expectations(body_regex=regex)).problems())
    assert bool(problems) == (grep.returncode == 2)
