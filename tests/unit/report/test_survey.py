"""What is known of a stack, from the engine and the cluster."""

from datetime import timedelta
from typing import Any

import pytest

from report import survey
from tests.unit.report import made
from tests.unit.report.made import NOW, SITE


def test_a_healthy_stack_is_all_there(dev: dict[str, Any]) -> None:
    found = survey.make(made.facts(dev))

    (site,) = found.sites
    assert (found.deployed, found.succeeded, found.updated) == (True, True, NOW - timedelta(hours=2))
    assert found.commit == "0123456789abcdef"
    assert found.namespaces == [made.NAMESPACE]
    assert (site.name, site.namespace, site.verdict, site.ready, site.wanted) == (
        SITE, made.NAMESPACE, "verified", 2, 2,
    )  # fmt: skip
    assert site.watch is None


def test_the_newest_run_knows_better_than_the_outputs(dev: dict[str, Any]) -> None:
    jobs = [*made.objects(), made.job("watch", -1, "Failed", watch=True), made.job("now", 0, "")]

    (site,) = survey.make(made.facts(dev, objects=jobs)).sites

    assert site.verdict == "failed"
    assert site.judged == NOW - timedelta(minutes=59)


def test_without_a_cluster_the_outputs_tell_the_verdict(dev: dict[str, Any]) -> None:
    outputs = dev["deployment"]["resources"][0]["outputs"]
    outputs |= {"probe": "verified", "proof": {"completedAt": made.at(-3)}}

    found = survey.make(made.facts(dev, objects=None, silence="connection refused"))

    (site,) = found.sites
    assert (site.verdict, site.judged, site.pods, site.ready) == ("verified", NOW - timedelta(hours=3), None, 0)
    assert found.silence == "connection refused"


def test_what_the_stack_declares_is_wanted_whatever_the_cluster_was_told(dev: dict[str, Any]) -> None:
    (site,) = survey.make(made.facts(dev, objects=[made.deployment(0)])).sites

    assert (site.declared, site.scaled, site.wanted, site.missing, site.rescaled) == (2, 0, 2, (), True)


def test_a_deployment_that_only_the_state_knows_is_missing(dev: dict[str, Any]) -> None:
    (site,) = survey.make(made.facts(dev, objects=[made.deployment(name="another"), made.pod("a")])).sites

    assert (site.missing, site.wanted, site.rescaled) == ((SITE,), 2, False)


def test_a_silent_cluster_misses_nothing(dev: dict[str, Any]) -> None:
    (site,) = survey.make(made.facts(dev, objects=None, silence="connection refused")).sites

    assert (site.missing, site.rescaled, site.tried) == ((), False, False)


def test_where_an_autoscaler_decides_the_clusters_word_counts(dev: dict[str, Any]) -> None:
    made.add_autoscaler(dev)

    (site,) = survey.make(made.facts(dev, objects=[made.deployment(7)])).sites

    assert (site.declared, site.wanted, site.rescaled) == (None, 7, False)


def test_where_the_state_does_not_tell_the_number_the_clusters_word_counts(dev: dict[str, Any]) -> None:
    made.of_kind(dev, "Deployment")["inputs"]["spec"]["replicas"] = "[secret]"

    (site,) = survey.make(made.facts(dev, objects=[made.deployment(7)])).sites

    assert (site.declared, site.wanted, site.rescaled) == (None, 7, False)


def test_the_probe_has_tried_only_what_it_has_judged(dev: dict[str, Any]) -> None:
    dev["deployment"]["resources"][0]["outputs"]["probe"] = "not run"

    tried = [survey.make(made.facts(dev, objects=each)).sites[0].tried for each in ([], made.objects())]

    assert tried == [False, True]


def test_a_site_without_a_probe_is_not_judged(dev: dict[str, Any]) -> None:
    dev["deployment"]["resources"][0]["outputs"] |= {"probe": "not run", "proof": None}

    (site,) = survey.make(made.facts(dev, objects=[])).sites

    assert (site.verdict, site.judged) == ("not run", None)


def test_several_sites_have_outputs_of_their_own(dev: dict[str, Any]) -> None:
    stack = dev["deployment"]["resources"][0]
    stack["outputs"] = {"sites": {SITE: stack["outputs"], "blog": {"namespace": "blogs"}}}

    found = survey.make(made.facts(dev)).sites

    assert [(site.name, site.namespace) for site in found] == [(SITE, made.NAMESPACE), ("blog", "blogs")]


def test_what_a_failed_first_update_left_is_shown(dev: dict[str, Any]) -> None:
    stack = dev["deployment"]["resources"][0]
    stack["outputs"] = None

    (site,) = survey.make(made.facts(dev, history=[made.update("failed")])).sites

    assert (site.name, site.namespace, site.certificate) == (SITE, made.NAMESPACE, None)


def test_sites_without_outputs_do_not_share_those_of_another(dev: dict[str, Any]) -> None:
    (own,) = (each for each in dev["deployment"]["resources"] if each["type"].endswith(":SecureNginx"))
    dev["deployment"]["resources"].append({**own, "urn": f"{own['urn'].rpartition('::')[0]}::blog"})

    mine, other = survey.make(made.facts(dev)).sites

    assert (mine.outputs["service"], other.name, other.outputs) == (SITE, "blog", {})


def test_a_site_that_failed_before_it_came_to_the_outputs_is_there(dev: dict[str, Any]) -> None:
    stack, component = dev["deployment"]["resources"][0], made.of_kind(dev, "SecureNginx")
    stack["outputs"] = {"sites": {SITE: stack["outputs"]}}
    dev["deployment"]["resources"].append({**component, "urn": f"{component['urn'].rpartition('::')[0]}::blog"})
    red = made.job("red", -1, "Failed")
    red["metadata"]["labels"]["app.kubernetes.io/instance"] = "blog-probe"

    found = survey.make(made.facts(dev, history=[made.update("failed")], objects=[*made.objects(), red])).sites

    assert [(site.name, site.verdict) for site in found] == [(SITE, "verified"), ("blog", "failed")]
    assert found[1].namespace == made.NAMESPACE


def test_of_watches_that_pass_none_need_be_kept(dev: dict[str, Any]) -> None:
    red, green = made.job("red", -1, "Failed", watch=True), made.cron_job(successfulJobsHistoryLimit=0)

    (site,) = survey.make(made.facts(dev, objects=[*made.objects(), red, green])).sites

    assert (site.verdict, site.judged) == ("verified", NOW - timedelta(hours=0.1))
    assert site.newest is not None
    assert site.newest.job == "first"


def test_where_no_other_run_is_kept_the_watch_has_judged(dev: dict[str, Any]) -> None:
    dev["deployment"]["resources"][0]["outputs"]["probe"] = "not run"
    red, green = made.job("red", -1, "Failed", watch=True), made.cron_job(successfulJobsHistoryLimit=0)

    (site,) = survey.make(made.facts(dev, objects=[made.deployment(), red, green])).sites

    assert (site.verdict, site.judged, site.newest) == ("verified", NOW - timedelta(hours=0.1), None)


@pytest.mark.parametrize(
    ("job", "success"),
    [
        (made.job("red", -1, "Failed", watch=True), -1.5),
        (made.job("red", -1, "Failed", watch=True), None),
        (made.job("red", -1, "Failed"), -0.1),
    ],
    ids=["newer", "never passed", "of an update"],
)
def test_a_failure_that_nothing_has_overtaken_counts(
    dev: dict[str, Any], job: dict[str, Any], success: float | None
) -> None:
    (site,) = survey.make(made.facts(dev, objects=[*made.objects(), job, made.cron_job(success)])).sites

    assert (site.verdict, site.judged) == ("failed", NOW - timedelta(minutes=59))


def test_an_end_that_the_cluster_does_not_tell_overtakes_nothing(dev: dict[str, Any]) -> None:
    red = made.job("red", -1, "Failed", watch=True)
    del red["status"]["conditions"][0]["lastTransitionTime"]

    (site,) = survey.make(made.facts(dev, objects=[made.deployment(), red, made.cron_job()])).sites

    assert site.verdict == "failed"


def test_a_probes_shell_is_no_pod_of_a_site_of_its_name(dev: dict[str, Any]) -> None:
    others = [made.deployment(1, "shell"), made.pod("shell")]
    for each in others:
        each["metadata"]["labels"]["app.kubernetes.io/name"] = "curl-probe"

    (site,) = survey.make(made.facts(dev, objects=[*made.objects(), *others])).sites

    assert (site.ready, site.wanted, site.rescaled) == (2, 2, False)


def test_a_stack_that_was_never_made_has_nothing() -> None:
    found = survey.make(made.facts(None, history=[]))

    assert (found.deployed, found.sites, found.namespaces, found.updated) == (False, (), [], None)
    assert found.succeeded


def test_a_stack_without_objects_is_not_deployed() -> None:
    assert not survey.make(made.facts({"deployment": {"resources": []}})).deployed


def test_a_destroy_that_failed_is_told_from_an_update(dev: dict[str, Any]) -> None:
    found = survey.make(made.facts(dev, history=[made.update("failed", kind="destroy"), made.update()]))

    assert (found.kind, found.succeeded, found.running) == ("destroy", False, False)


def test_refreshes_are_no_updates(dev: dict[str, Any]) -> None:
    history = [made.update("failed", kind="refresh"), made.update()]

    assert survey.make(made.facts(dev, history=history)).succeeded


def test_an_update_that_never_ended_counts_from_its_start(dev: dict[str, Any]) -> None:
    update = {"kind": "update", "result": "in-progress", "startTime": made.at(-5)}

    found = survey.make(made.facts(dev, history=[update]))

    assert found.updated == NOW - timedelta(hours=5)
    assert found.running
    assert found.commit == ""
