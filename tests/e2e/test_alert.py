"""The alerts that the documents propose, evaluated by Prometheus' own tool."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.e2e import driver

DOCUMENT = driver.REPOSITORY / "docs" / "probe.md"
WATCH = '{namespace="shop", cronjob="shop-probe-cron-0a1b2c3d"}'


@pytest.fixture(scope="module")
def promtool(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tool from Debian's package, which is unpacked and not installed: it would start a server."""
    folder = tmp_path_factory.mktemp("prometheus")
    driver.must(
        driver.run(["apt-get", "--quiet=2", "-o", "APT::Sandbox::User=root", "download", "prometheus"], folder=folder)
    )
    (package,) = folder.glob("prometheus_*.deb")
    driver.must(driver.run(["dpkg-deb", "--extract", package, folder]))
    return folder / "usr" / "bin" / "promtool"


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """The rules as they stand in the document."""
    (block,) = re.findall(r"^```yaml\n(groups:\n.*?)^```", DOCUMENT.read_text(), re.DOTALL | re.MULTILINE)
    path = tmp_path / "rules.yaml"
    path.write_text(block)
    return path


def judged(
    promtool: Path,
    rules: Path,
    series: Mapping[str, str],
    at: str,
    alerts: Sequence[Mapping[str, Any]],
    *,
    alert: str = "SecureNginxNotVerified",
) -> driver.Result:
    """Let time pass over series of one value a minute, and compare what fires then."""
    test = {
        "rule_files": [rules.name],
        "evaluation_interval": "1m",
        "tests": [{
            "interval": "1m",
            "input_series": [{"series": name, "values": values} for name, values in series.items()],
            "alert_rule_test": [{"eval_time": at, "alertname": alert, "exp_alerts": alerts}],
        }],
    }  # fmt: skip
    path = rules.with_name("test.yaml")
    path.write_text(yaml.safe_dump(test))
    return driver.run([promtool, "test", "rules", path.name], folder=rules.parent)


FIRES = {
    "exp_labels": {"severity": "critical", "namespace": "shop", "cronjob": "shop-probe-cron-0a1b2c3d"},
    "exp_annotations": {"summary": "shop/shop-probe-cron-0a1b2c3d has not verified its site for 15 minutes"},
}


GONE = {
    "exp_labels": {"severity": "critical", "namespace": "shop", "watch": "shop-probe"},
    "exp_annotations": {"summary": "shop/shop-probe has had no CronJob for 15 minutes"},
}


def test_the_rules_are_rules(promtool: Path, rules: Path) -> None:
    driver.must(driver.run([promtool, "check", "rules", rules]))


@pytest.mark.parametrize(
    ("series", "at", "alerts"),
    [
        ({"kube_cronjob_status_last_successful_time": "0+60x60"}, "40m", []),
        ({"kube_cronjob_status_last_successful_time": "0x60"}, "14m", []),
        ({"kube_cronjob_status_last_successful_time": "0x60"}, "16m", [FIRES]),
        ({"kube_cronjob_created": "0x60"}, "14m", []),
        ({"kube_cronjob_created": "0x60"}, "16m", [FIRES]),
        ({"kube_cronjob_created": "0x60", "kube_cronjob_status_last_successful_time": "0+60x60"}, "40m", []),
    ],
    ids=["verified all along", "red for 14 minutes", "red for 16", "new", "never green", "older, and green"],
)
def test_it_fires_when_a_site_was_not_verified_for_a_quarter_of_an_hour(
    promtool: Path, rules: Path, series: Mapping[str, str], at: str, alerts: Sequence[Mapping[str, Any]]
) -> None:
    driver.must(judged(promtool, rules, {name + WATCH: values for name, values in series.items()}, at, alerts))


def test_other_cron_jobs_are_none_of_its_business(promtool: Path, rules: Path) -> None:
    other = 'kube_cronjob_created{namespace="shop", cronjob="backup"}'

    driver.must(judged(promtool, rules, {other: "0x60"}, "40m", []))


# A series that ends is looked back at for five minutes.
@pytest.mark.parametrize(
    ("series", "at", "alerts"),
    [
        ({WATCH: "0x60"}, "60m", []),
        ({WATCH: "0x10"}, "25m", []),
        ({WATCH: "0x10"}, "40m", [GONE]),
        ({}, "14m", []),
        ({}, "16m", [GONE]),
        ({WATCH: "0x10", WATCH.replace("0a1b2c3d", "4e5f6a7b"): "_x12 0x60"}, "60m", []),
        ({WATCH.replace("shop-probe", "cart-probe"): "0x60"}, "40m", [GONE]),
        ({WATCH.replace('"shop"', '"cart"'): "0x60"}, "40m", [GONE]),
    ],
    ids=["there", "just deleted", "deleted", "new", "never there", "replaced", "another's", "in another namespace"],
)
def test_it_fires_when_a_watch_has_been_gone_for_a_quarter_of_an_hour(
    promtool: Path, rules: Path, series: Mapping[str, str], at: str, alerts: Sequence[Mapping[str, Any]]
) -> None:
    created = {"kube_cronjob_created" + watch: values for watch, values in series.items()}

    driver.must(judged(promtool, rules, created, at, alerts, alert="SecureNginxNotWatched"))


def test_the_tool_would_notice_a_silent_rule(promtool: Path, rules: Path) -> None:
    rules.write_text(rules.read_text().replace("> 900", "> 90000"))

    result = judged(promtool, rules, {"kube_cronjob_created" + WATCH: "0x60"}, "16m", [FIRES])

    assert result.code != 0
    assert "SecureNginxNotVerified" in result.output
