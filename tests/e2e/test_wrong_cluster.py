"""A stack never lands on a cluster that is not its own, whatever a kubeconfig or a slip in the program says."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e import driver, kubeconfigs, site_stack
from tests.e2e.site_stack import SiteStack

STRAY = """
    import pulumi_kubernetes

    pulumi_kubernetes.core.v1.ConfigMap("stray", metadata={"namespace": "default", "name": "stray"})
"""


@pytest.fixture
def stack(project: Path) -> Iterator[SiteStack]:
    with site_stack.made(project, "cluster") as made:
        made.configure(replicas=1)
        yield made


def test_the_stacks_own_context_counts_and_not_the_persons(stack: SiteStack, tmp_path: Path) -> None:
    # The kubeconfig's current context leads to a dead server: anything that used it would fail.
    stack.up(kubeconfig=kubeconfigs.elsewhere(tmp_path))
    (deployment,) = stack.objects("deployments")
    uid = deployment["metadata"]["uid"]

    # Another way to the same cluster replaces nothing; a context that is not pinned is refused, from KUBE_CONTEXT too.
    stack.up(kubeconfig=None, pinnedContext="lab")
    other = stack.lab("preview", "--context=other", environment={"KUBECONFIG": kubeconfigs.elsewhere(tmp_path)})

    assert other.code != 0
    assert "secure-nginx:context: 'other' is not allowed in this environment; use the pinned one, 'lab'" in other.output
    assert stack.objects("deployments")[0]["metadata"]["uid"] == uid


def test_an_object_that_forgets_the_provider_is_refused(stack: SiteStack) -> None:
    file = stack.project / "__main__.py"
    text = file.read_text()
    place = "    outputs = {}\n"
    assert text.count(place) == 1, "the program has changed; plant the slip elsewhere"
    file.write_text(text.replace(place, STRAY + place))

    refused = stack.lab("deploy")

    assert refused.code != 0
    assert "Default provider for 'kubernetes' disabled" in refused.output
    assert "stray" in refused.output
    assert driver.kubectl("get", "configmap", "stray", "--namespace=default", "--ignore-not-found") == ""
