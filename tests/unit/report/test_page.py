"""The page: what a person reads on it."""

from typing import Any

import pytest

from report import page
from tests.unit.report import made
from tests.unit.report.made import NAMESPACE
from tests.unit.report.reading import FILES, LOG, read_of, report


def test_a_healthy_stack_reads_well(dev: dict[str, Any]) -> None:
    text = read_of(made.facts(dev, logs=LOG)).text

    for part in (
        "Stack dev verified",
        "1 of 1 verified",
        "2 of 2 ready",
        "Nothing is wrong, and nothing is due.",
        "leaf renews in 14 hours.",
        "Its renewal window opens in 14 hours",
        "All ways speak HTTP/2 over TLSv1.3 / X.",
        "20 ms 40 ms",
        "wrong-host",
        "asked by an update, 119 minutes ago",
        "8 of 8 followed",
        "from commit 0123456789",
    ):
        assert part in text


def test_a_failed_probe_says_why_with_its_history(dev: dict[str, Any]) -> None:
    jobs = [*made.objects(), made.job("red", -1, "Failed", watch=True), made.cron_job(-1.1)]
    logs = {**LOG, f"{NAMESPACE}/red": "FAILED service https://x/: curl exit 60 (not trusted)\n"}

    text = read_of(made.facts(dev, objects=jobs, logs=logs)).text

    assert "Stack dev failed" in text
    assert "my-nginx is not verified, FAILED service https://x/: curl exit 60 (not trusted); once mended" in text
    assert "asked by the watch, 59 minutes ago" in text
    assert "The watch asks again at */5 * * * * ; it last verified the site 66 minutes ago." in text
    assert "24 Nov 2026, 10:00 UTC an update verified 40 ms every way held" in text


def test_a_watch_may_be_suspended_and_never_have_verified(dev: dict[str, Any]) -> None:
    watch = made.cron_job(suspend=True)
    del watch["status"]

    assert "*/5 * * * * , but is suspended." in read_of(made.facts(dev, objects=[watch])).text


def test_ways_that_speak_differently_are_told_apart(dev: dict[str, Any]) -> None:
    other = made.log("service", "node-0").replace('"http": "2"', '"http": "1.1"', 1)

    text = read_of(made.facts(dev, logs={f"{NAMESPACE}/first": other})).text

    assert "All ways speak" not in text
    assert "HTTP/1.1, TLSv1.3 / X" in text


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        (15, ["in its renewal window", "due", "Ends in 7 hours . The next update renews it."]),
        (23, ["ended 60 minutes ago the next update renews it", "Ended 60 minutes ago . The next update renews it."]),
    ],
)
def test_certificates_grow_old(dev: dict[str, Any], hours: float, words: list[str]) -> None:
    text = read_of(made.facts(dev), hours=hours).text.replace("ago.", "ago .").replace("hours.", "hours .")

    for each in words:
        assert each in text


def test_a_certificate_that_no_update_renews_says_so(dev: dict[str, Any]) -> None:
    dev["deployment"]["resources"][0]["outputs"]["certificate"]["renewAfter"] = None

    text = read_of(made.facts(dev)).text

    assert "No update renews it." in text
    assert "no update renews it" in text


def test_a_certificate_from_elsewhere_ends_without_a_known_begin(dev: dict[str, Any]) -> None:
    resources = dev["deployment"]["resources"]
    resources[:] = [each for each in resources if "SignedCert" not in each["type"]]

    assert "when it began only its issuer knows" in read_of(made.facts(dev)).text


@pytest.mark.parametrize(("logs", "seen"), [(LOG, True), ({}, False)])
def test_a_certificate_that_somebody_else_renews_is_seen_by_the_probe(
    dev: dict[str, Any], logs: dict[str, str], *, seen: bool
) -> None:
    resources = dev["deployment"]["resources"]
    resources[:] = [each for each in resources if "SignedCert" not in each["type"]]
    resources[0]["outputs"]["certificate"] = None

    text = read_of(made.facts(dev, logs=logs)).text

    assert "not the stack's own" in text
    assert ("The probe saw 5 days left." in text) is seen


def test_where_no_update_has_ended_well_nobody_is_said_to_renew(dev: dict[str, Any]) -> None:
    dev["deployment"]["resources"][0]["outputs"] = {}
    resources = dev["deployment"]["resources"]
    resources[:] = [each for each in resources if "SelfSignedCert" not in each["type"]]

    text = read_of(made.facts(dev, history=[made.update("failed")])).text

    assert "Certificate not known no update has ended well" in text
    assert "Not known before an update of it has ended well." in text
    assert "omebody else renews" not in text


def test_a_certificate_that_may_have_a_follower_is_unclear(dev: dict[str, Any]) -> None:
    made.of_kind(dev, "LocallySignedCert")["outputs"]["validityEndTime"] = made.at(46)

    text = read_of(made.facts(dev, history=[made.update("failed")]), hours=23).text

    assert "Certificate unclear a new one was issued" in text
    assert "A new certificate was issued, which ends in 23 hours; the one before it ended 60 minutes ago." in text
    assert "The authority that signed it fresh" in text


def test_an_old_failure_of_the_watch_is_no_proof(dev: dict[str, Any]) -> None:
    jobs = [made.deployment(), made.job("red", -1, "Failed", watch=True), made.cron_job(successfulJobsHistoryLimit=0)]

    text = read_of(made.facts(dev, objects=jobs, logs={f"{NAMESPACE}/red": "FAILED service https://x/: y\n"})).text

    assert "Stack dev verified" in text
    assert "The log of the run is gone with its pod" in text


@pytest.mark.parametrize(("dirty", "said"), [("true", True), ("false", False)])
def test_a_commit_is_not_all_where_files_had_changes(dev: dict[str, Any], dirty: str, *, said: bool) -> None:
    update = made.update()
    update["environment"]["git.dirty"] = dirty

    text = read_of(made.facts(dev, history=[update])).text

    assert ("from commit 0123456789 with changes that no commit has" in text) is said


def test_outputs_of_an_earlier_version_make_a_page_too(dev: dict[str, Any]) -> None:
    outputs = dev["deployment"]["resources"][0]["outputs"]
    for key in ("curl", "proof", "urls"):
        del outputs[key]
    assert "No probe has judged this site." in read_of(made.facts(dev)).text

    outputs["urls"] = ["https://my-nginx/"]
    assert "Where it is, and how to fetch it https://my-nginx/" in read_of(made.facts(dev)).text


def test_a_certificate_that_ended_is_drawn_as_trouble(dev: dict[str, Any]) -> None:
    assert '<span class="pill bad">ended</span>' in page.render(report(made.facts(dev), hours=23))


def test_what_somebody_deleted_or_scaled_by_hand_is_no_healthy_stack(dev: dict[str, Any]) -> None:
    for objects in ([], [made.deployment(0)]):
        text = read_of(made.facts(dev, objects=objects)).text

        assert "Nothing is wrong" not in text
        assert "0 of 2 ready" in text


@pytest.mark.parametrize("kind", ["update", "destroy"])
def test_the_last_update_is_called_what_it_was(dev: dict[str, Any], kind: str) -> None:
    failed, running = made.update("failed", kind=kind), made.update("in-progress", kind=kind)

    assert f"The last {kind} failed 2 hours ago" in read_of(made.facts(dev, history=[failed])).text
    text = read_of(made.facts(dev, history=[running])).text
    assert f"The {kind} that began 2 hours ago is still running." in text
    assert "succeeded" not in text


def test_a_site_without_a_probe_was_never_judged(dev: dict[str, Any]) -> None:
    dev["deployment"]["resources"][0]["outputs"] |= {"probe": "not run", "proof": None}

    assert "No probe has judged this site." in read_of(made.facts(dev, objects=[])).text


def test_a_silent_cluster_is_said(dev: dict[str, Any]) -> None:
    text = read_of(made.facts(dev, objects=None, silence="connection refused")).text

    assert "not known connection refused" in text
    assert "the cluster could not be asked (connection refused)" in text


def test_what_a_failed_first_update_left_can_be_shown(dev: dict[str, Any]) -> None:
    dev["deployment"]["resources"][0]["outputs"] = {}

    text = read_of(made.facts(dev, history=[made.update("failed")], objects=[])).text

    assert "The last update failed 2 hours ago" in text


def test_nothing_deployed_is_a_page_too() -> None:
    text = read_of(made.facts(None, history=[], stack="shop")).text

    assert "Nothing of this stack is deployed." in text
    assert "make report STACK=shop" in text
    assert "nothing of shop is deployed: make up STACK=shop" in text.replace(" :", ":")


def test_environments_stand_side_by_side(dev: dict[str, Any]) -> None:
    text = read_of(made.facts(dev)).text

    assert "replicas 2 3 3" in text
    assert "environment development staging production" in text


def test_a_stack_that_cannot_be_resolved_says_why(dev: dict[str, Any]) -> None:
    text = read_of(made.facts(dev), files={"dev": FILES["dev"], "bad": {"secure-nginx:replicas": -1}}).text

    assert "bad cannot be resolved:" in text


@pytest.mark.parametrize("kind", ["update", "destroy"])
def test_where_the_last_update_failed_the_stack_is_not_verified(dev: dict[str, Any], kind: str) -> None:
    assert report(made.facts(dev, history=[made.update("failed", kind=kind)])).verdict == "failed"


def test_where_the_cluster_is_silent_the_stack_is_not_verified(dev: dict[str, Any]) -> None:
    dev["deployment"]["resources"][0]["outputs"]["probe"] = "verified"
    silent = made.facts(dev, objects=None, silence="connection refused")

    assert report(silent).verdict == "not known"
    assert "1 of 1 verified when last heard of" in read_of(silent).text


@pytest.mark.parametrize(
    ("result", "verdict"), [("succeeded", "not known"), ("in-progress", "verified"), ("failed", "failed")]
)
def test_where_an_update_was_killed_nobody_knows_what_is_verified(
    dev: dict[str, Any], result: str, verdict: str
) -> None:
    dev["deployment"]["pending_operations"] = [{"type": "updating"}]
    facts = made.facts(dev, history=[made.update(result)])

    assert report(facts).verdict == verdict
    assert f"dev: {verdict} (Secure Nginx)" in page.render(report(facts))


def test_a_site_that_no_update_has_proven_is_on_the_page_with_its_reason(dev: dict[str, Any]) -> None:
    stack, component = dev["deployment"]["resources"][0], made.of_kind(dev, "SecureNginx")
    stack["outputs"] = {"sites": {"my-nginx": stack["outputs"]}}
    dev["deployment"]["resources"].append({**component, "urn": f"{component['urn'].rpartition('::')[0]}::blog"})
    red = made.job("red", -1, "Failed")
    red["metadata"]["labels"]["app.kubernetes.io/instance"] = "blog-probe"
    logs = {f"{NAMESPACE}/red": "FAILED service https://x/: curl exit 60\n"}

    facts = made.facts(dev, history=[made.update("failed")], objects=[*made.objects(), red], logs=logs)
    text = read_of(facts).text

    assert "Stack dev failed" in text
    assert "1 of 2 verified" in text
    assert "blog is not verified, FAILED service https://x/: curl exit 60; once mended" in text


@pytest.mark.parametrize(
    ("verdicts", "worst"),
    [
        (["verified", "failed", "pending"], "failed"),
        (["verified", "pending", "not run"], "pending"),
        (["not run", "verified"], "not run"),
        (["verified", "verified"], "verified"),
        ([], "none"),
    ],
)
def test_the_worst_verdict_is_the_stacks(dev: dict[str, Any], verdicts: list[str], worst: str) -> None:
    names = dict(enumerate(verdicts))
    dev["deployment"]["resources"].remove(made.of_kind(dev, "SecureNginx"))
    dev["deployment"]["resources"][0]["outputs"] = {
        "sites": {f"site-{number}": {"probe": verdict} for number, verdict in names.items()}
    }

    assert report(made.facts(dev, objects=[])).verdict == worst
