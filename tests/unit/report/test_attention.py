"""What needs attention, and the command that does it."""

from datetime import timedelta
from typing import Any

import pytest

from report import attention, survey
from report.attention import Matter
from tests.unit.report import made
from tests.unit.report.made import NOW
from tests.unit.report.reading import matters


def test_where_all_is_well_only_time_has_something_to_say(dev: dict[str, Any]) -> None:
    assert matters(dev) == ["leaf renews in 14 hours"]


def test_nothing_deployed_is_to_be_deployed() -> None:
    assert matters(None, history=[]) == ["nothing of dev is deployed: `make up`"]


def test_commands_name_the_stack_and_the_cluster() -> None:
    found = matters(None, history=[], stack="shop", context="mine")

    assert found == ["nothing of shop is deployed: `make up STACK=shop KUBE_CONTEXT=mine`"]


def test_a_first_update_that_failed_is_to_be_repeated() -> None:
    assert matters(None, history=[made.update("failed")]) == ["the last update failed; once mended: `make up`"]


def test_commands_can_be_pasted_whatever_the_name_of_a_context(dev: dict[str, Any]) -> None:
    assert matters(None, history=[], context="my own; x") == [
        "nothing of dev is deployed: `make up KUBE_CONTEXT='my own; x'`"
    ]
    found = matters(dev, objects=[made.deployment()], context="my own; x")
    assert "`kubectl --context='my own; x' describe pods " in found[0]


def test_a_deployment_that_somebody_deleted_is_trouble(dev: dict[str, Any]) -> None:
    assert matters(dev, objects=[made.job("first", -2)], context="mine") == [
        "the Deployment of my-nginx is not in the cluster; to make it again: "
        "`make refresh KUBE_CONTEXT=mine && make up KUBE_CONTEXT=mine`",
        "leaf renews in 14 hours",
    ]


@pytest.mark.parametrize(("count", "said"), [(0, "0 pods"), (1, "1 pod"), (5, "5 pods")])
def test_a_deployment_that_somebody_scaled_is_trouble(dev: dict[str, Any], count: int, said: str) -> None:
    pods = [made.pod(str(number)) for number in range(count)]

    assert matters(dev, objects=[made.deployment(count), *pods])[:-1] == [
        f"my-nginx was told to have {said}, declared are 2; to put it right: `make refresh && make up`"
    ]


def test_a_site_that_rests_as_declared_is_well(dev: dict[str, Any]) -> None:
    made.of_kind(dev, "Deployment")["inputs"]["spec"]["replicas"] = 0

    assert matters(dev, objects=[made.deployment(0)]) == ["leaf renews in 14 hours"]


@pytest.mark.parametrize(("ready", "count"), [(9, 0), (1, 1)])
def test_an_autoscaler_may_have_any_number_of_pods(dev: dict[str, Any], ready: int, count: int) -> None:
    made.add_autoscaler(dev)
    pods = [made.pod(str(number), ready=number < ready) for number in range(9)]

    found = matters(dev, objects=[made.deployment(9), *pods])

    assert len([each for each in found if "has 1 of 9 pods ready" in each]) == count
    assert not [each for each in found if "told to have" in each]


def test_a_deployment_that_a_refresh_took_out_of_the_state_is_trouble(dev: dict[str, Any]) -> None:
    dev["deployment"]["resources"].remove(made.of_kind(dev, "Deployment"))

    assert matters(dev, objects=[])[0] == "the state has no Deployment of my-nginx; to make one: `make up`"


def test_a_deployment_that_a_failed_destroy_took_away_is_not_to_be_made_again(dev: dict[str, Any]) -> None:
    dev["deployment"]["resources"].remove(made.of_kind(dev, "Deployment"))

    assert matters(dev, objects=[], history=[made.update("failed", kind="destroy")]) == [
        "the last destroy failed; once mended: `make destroy`",
        "leaf renews in 14 hours",
    ]


def test_a_failed_probe_says_its_reason(dev: dict[str, Any]) -> None:
    jobs = [made.deployment(0), made.job("red", -1, "Failed")]
    logs = {f"{made.NAMESPACE}/red": "FAILED service https://x/: curl exit 60\n"}

    found = matters(dev, objects=jobs, logs=logs, history=[made.update("failed")])

    assert found[0] == "my-nginx is not verified, FAILED service https://x/: curl exit 60; once mended: `make up`"
    assert not [each for each in found if "last update failed" in each]


@pytest.mark.parametrize(
    ("context", "command"),
    [
        (None, "make kubectl ARGS='logs -n secure-nginx-dev job/red'"),
        ("mine", "kubectl --context=mine logs -n secure-nginx-dev job/red"),
    ],
)
def test_a_failed_probe_without_a_log_names_the_job(dev: dict[str, Any], context: str | None, command: str) -> None:
    jobs = [made.deployment(0), made.job("red", -1, "Failed")]

    assert matters(dev, objects=jobs, context=context)[0] == f"my-nginx is not verified; why: `{command}`"


def test_a_failed_probe_that_only_the_outputs_know_of_is_to_be_repeated(dev: dict[str, Any]) -> None:
    dev["deployment"]["resources"][0]["outputs"]["probe"] = "failed"

    assert matters(dev, objects=None)[0] == "my-nginx is not verified; once mended: `make up`"


def test_a_failed_update_is_trouble_also_where_the_site_still_serves(dev: dict[str, Any]) -> None:
    assert matters(dev, history=[made.update("failed")])[0] == "the last update failed; once mended: `make up`"


def test_a_failed_update_says_why_also_where_a_watch_has_passed_since(dev: dict[str, Any]) -> None:
    jobs = [*made.objects(), made.job("red", -1, "Failed"), made.job("green", -0.5, watch=True)]
    logs = {f"{made.NAMESPACE}/red": "FAILED service https://x/: curl exit 60\n"}

    found = matters(dev, objects=jobs, logs=logs, history=[made.update("failed")])

    assert found[0] == (
        "the last update failed, my-nginx: FAILED service https://x/: curl exit 60; once mended: `make up`"
    )


def test_a_failed_destroy_is_to_be_repeated(dev: dict[str, Any]) -> None:
    found = matters(dev, history=[made.update("failed", kind="destroy")], objects=None, silence="gone")

    assert found[1] == "the last destroy failed; once mended: `make destroy`"


def test_a_failed_probe_does_not_explain_a_failed_destroy(dev: dict[str, Any]) -> None:
    jobs = [*made.objects(), made.job("red", -1, "Failed")]

    assert matters(dev, history=[made.update("failed", kind="destroy")], objects=jobs)[0].endswith("`make destroy`")


@pytest.mark.parametrize("result", ["failed", "in-progress"])
def test_a_first_update_that_was_killed_is_recovered_from(result: str) -> None:
    killed = {"deployment": {"pending_operations": [{"type": "creating"}]}}

    assert matters(killed, history=[made.update(result)]) == [
        "an update was killed or is still running; to recover: `make up`"
    ]


def test_what_is_being_deployed_needs_nobody() -> None:
    assert matters({"deployment": {}}, history=[made.update("in-progress")]) == []


def test_a_killed_update_is_recovered_from(dev: dict[str, Any]) -> None:
    dev["deployment"]["pending_operations"] = [{"type": "creating"}]

    found = matters(dev, history=[made.update("failed")])

    assert found[0] == "an update was killed or is still running; to recover: `make up`"
    assert len(found) == 2


def test_of_a_shared_state_somebody_has_to_say_that_the_update_is_gone(dev: dict[str, Any]) -> None:
    dev["deployment"]["pending_operations"] = [{"type": "creating"}]

    found = matters(dev, history=[made.update("failed")], context="mine", shared=True)

    there = "KUBE_CONTEXT=mine BACKEND=..."
    assert found[0].endswith(f"to recover: `make pulumi ARGS=cancel {there} && make up {there}`")


def test_a_silent_cluster_is_trouble(dev: dict[str, Any]) -> None:
    found = matters(dev, objects=None, silence="connection refused")

    assert found[0] == "the cluster could not be asked (connection refused)"


def test_pods_that_do_not_serve_are_trouble_with_their_reasons(dev: dict[str, Any]) -> None:
    broken = made.pod("b", containerStatuses=[{"state": {"waiting": {"reason": "ImagePullBackOff"}}}], ready=False)

    found = matters(dev, objects=[made.deployment(), made.pod("a"), broken])

    assert found[0] == (
        "my-nginx has 1 of 2 pods ready (ImagePullBackOff); why: "
        "`make kubectl ARGS='describe pods -n secure-nginx-dev "
        "-l app.kubernetes.io/name=secure-nginx,app.kubernetes.io/instance=my-nginx'`"
    )


def test_pods_that_are_not_there_have_no_reasons(dev: dict[str, Any]) -> None:
    assert matters(dev, objects=[made.deployment()])[0].startswith("my-nginx has 0 of 2 pods ready; why: ")


def test_commands_name_the_kubeconfig_of_the_stack(dev: dict[str, Any]) -> None:
    found = matters(dev, objects=[made.deployment()], context="mine", kubeconfig="/home/me/its config")

    assert "`kubectl --kubeconfig='/home/me/its config' --context=mine describe pods " in found[0]


def test_trouble_comes_first_and_time_last(dev: dict[str, Any]) -> None:
    found = survey.make(made.facts(dev, objects=[made.deployment()]))

    urgencies = [each.urgency for each in attention.matters(found, NOW + timedelta(hours=15))]

    assert urgencies == ["trouble", "due", "later"]


def test_one_of_several_sites_is_named(dev: dict[str, Any]) -> None:
    outputs = dev["deployment"]["resources"][0]["outputs"]
    dev["deployment"]["resources"][0]["outputs"] = {"sites": {"my-nginx": outputs, "blog": {}}}

    assert matters(dev)[-1] == "leaf of my-nginx renews in 14 hours"


def test_a_matter_without_a_command_is_its_text() -> None:
    assert str(Matter(urgency="later", text="leaf renews")) == "leaf renews"
