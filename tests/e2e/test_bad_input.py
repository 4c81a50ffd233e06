"""What people get wrong: one clear message with the remedy, a state that stays usable, and the next update succeeds."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e import driver, kubeconfigs, site_stack
from tests.e2e.site_stack import SiteStack

GUEST = "secure-nginx-bad-input-guest"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return driver.copy_project(tmp_path_factory.mktemp("bad-input") / "project")


@pytest.fixture(scope="module")
def stack(project: Path) -> Iterator[SiteStack]:
    """A stack that every test tries to change, and that every test leaves sound."""
    with site_stack.made(project, "bad-input") as made:
        made.configure(replicas=1)
        yield made


@pytest.fixture(scope="module")
def guest(project: Path) -> Iterator[SiteStack]:
    """The same in a namespace of somebody else, by a user with rights there and nowhere else."""
    try:
        kubeconfigs.make_users(GUEST, owner="admin", visitor="view")
        with site_stack.made(project, "bad-input-guest") as made:
            made.configure(replicas=1, namespace=GUEST, kubeconfig=kubeconfigs.of_user(project, "owner", GUEST))
            yield made
    finally:
        driver.kubectl("delete", "namespace", "--ignore-not-found", GUEST)


def refused(result: driver.Result, *words: str) -> None:
    """Assert that an update failed with all these words, and with no more than a person wants to read."""
    assert result.code != 0, result.output
    for word in words:
        assert word in result.output, result.output
    assert "Traceback" not in result.output
    assert result.output.count("What to do") <= 1
    assert "PRIVATE KEY" not in result.output


def changed(note: str) -> dict[str, Any]:
    """A change that reaches the cluster and disturbs no pod."""
    return {"service": {"type": "ClusterIP", "annotations": {"example.com/note": note}}}


def sound(stack: SiteStack, **values: Any) -> None:
    """Assert that the state is usable: the next update succeeds, and what it finds is verified."""
    result = stack.up(**values)
    assert "killed" not in result.output
    assert "verdict         verified" in result.output


def test_a_file_that_is_no_yaml(stack: SiteStack) -> None:
    file = stack.project / f"Pulumi.{stack.name}.yaml"
    file.write_text(f"{file.read_text()}  secure-nginx:hostNames: [www.example.com\n  secure-nginx:replicas: 2\n")

    result = stack.lab("deploy")

    refused(result, f"Pulumi.{stack.name}.yaml, line ", "this is no YAML", "mend it there")
    sound(stack)


def test_a_missing_and_a_wrong_passphrase(stack: SiteStack) -> None:
    for variable, value in (
        ("PULUMI_CONFIG_PASSPHRASE_FILE", str(stack.project / "nowhere")),
        ("PULUMI_CONFIG_PASSPHRASE", "wrong"),
    ):
        result = stack.lab("deploy", environment={variable: value})

        refused(result, "passphrase", "What to do", "PULUMI_CONFIG_PASSPHRASE_FILE to the one that made it")
    sound(stack)


def test_a_cluster_that_does_not_answer(stack: SiteStack, tmp_path: Path) -> None:
    result = stack.try_up(kubeconfig=kubeconfigs.unreachable(tmp_path), **changed("unreachable"))

    refused(result, "What to do", f"The cluster at {kubeconfigs.DEAD_SERVER} does not answer", "kubeconfig")
    sound(stack, kubeconfig=None)


def test_a_context_that_the_kubeconfig_does_not_have(stack: SiteStack) -> None:
    result = stack.try_up(context="nowhere", clusterIdentifier="lab", **changed("context"))

    refused(result, "no context 'nowhere'", "kubectl config get-contexts", "secure-nginx:context")
    sound(stack, context=None)


def test_a_cluster_that_is_another_one(stack: SiteStack) -> None:
    before = [service["metadata"]["resourceVersion"] for service in stack.objects("services")]

    result = stack.try_up(clusterUid="00000000-0000-4000-8000-000000000000", **changed("uid"))

    refused(
        result, "secure-nginx:clusterUid", "is not the cluster that the context 'lab' leads to", "mend the kubeconfig"
    )
    assert [service["metadata"]["resourceVersion"] for service in stack.objects("services")] == before
    sound(stack, clusterUid=None)


def test_a_namespace_that_may_not_be_created(guest: SiteStack) -> None:
    result = guest.try_up(namespace="secure-nginx-bad-input-new", createNamespace=True)

    refused(
        result, "What to do", f"{GUEST}:owner may not create the namespace", "secure-nginx:createNamespace to false"
    )
    # Rights in the namespace are all that a site needs.
    sound(guest, namespace=GUEST, createNamespace=False)


def test_a_namespace_that_exists_and_is_somebody_elses(guest: SiteStack) -> None:
    result = guest.try_up(createNamespace=True, kubeconfig=None)

    refused(result, "What to do", f"The namespace {GUEST} exists", "secure-nginx:createNamespace to false")
    sound(guest, createNamespace=False)


def test_a_name_that_something_unmanaged_has(guest: SiteStack) -> None:
    theirs = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "theirs", "namespace": GUEST}}
    site_stack.apply({**theirs, "spec": {"selector": {"app": "theirs"}, "ports": [{"port": 80}]}})

    result = guest.try_up(name="theirs")

    refused(result, "What to do", "Somebody else owns 'theirs' among the services", "secure-nginx:name")
    sound(guest, name=None)
    (service,) = [each for each in driver.objects("services", namespace=GUEST) if each["metadata"]["name"] == "theirs"]
    assert service["spec"]["selector"] == {"app": "theirs"}


def test_an_action_that_is_forbidden(guest: SiteStack, tmp_path: Path) -> None:
    visitor = kubeconfigs.of_user(tmp_path, "visitor", GUEST)

    result = guest.try_up(kubeconfig=visitor, **changed("forbidden"))

    refused(result, "What to do", f"{GUEST}:visitor lacks rights in the namespace {GUEST}: ", " services", "`admin`")
    assert result.output.count("lacks rights") == 1
    sound(guest, kubeconfig=kubeconfigs.of_user(tmp_path, "owner", GUEST))
