"""What keeps a site available and its pods apart from strangers."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e import driver, site_stack
from tests.e2e.site_stack import SITE, SiteStack

FRIEND = {"app": "friend"}
_HARDENED: dict[str, Any] = {
    "runAsNonRoot": True, "runAsUser": 10001, "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True,
    "capabilities": {"drop": ["ALL"]}, "seccompProfile": {"type": "RuntimeDefault"},
}  # fmt: skip


@pytest.fixture
def stack(project: Path) -> Iterator[SiteStack]:
    with site_stack.made(project, "guards") as made:
        yield made


def test_an_autoscaler_decides_on_the_replicas_and_pods_are_spread_and_guarded(stack: SiteStack) -> None:
    stack.up(autoscaling={"maxReplicas": 4, "cpuPercent": 70})

    (scaler,) = stack.objects("horizontalpodautoscalers")
    assert (scaler["spec"]["minReplicas"], scaler["spec"]["maxReplicas"]) == (2, 4)
    assert scaler["spec"]["scaleTargetRef"]["name"] == SITE
    assert len(stack.pods()) == 2
    assert {pod["spec"]["nodeName"] for pod in stack.pods()} == {"lab-node-1", "lab-node-2"}
    (budget,) = stack.objects("poddisruptionbudgets")
    assert budget["spec"]["maxUnavailable"] == 1
    driver.kubectl("scale", f"deployment/{SITE}", "--replicas=3", f"--namespace={stack.namespace}")
    assert site_stack.changes(stack.up().output).keys() == {"unchanged"}
    assert _wanted(stack) == 3
    labels = json.loads(driver.kubectl("get", "namespace", stack.namespace, "--output=jsonpath={.metadata.labels}"))
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"
    pod = stack.pods()[0]["spec"]
    assert pod["automountServiceAccountToken"] is False
    assert not [volume for volume in pod["volumes"] if "projected" in volume]


def test_an_autoscaler_comes_to_a_running_site_and_goes_without_taking_a_pod(stack: SiteStack) -> None:
    stack.up(replicas=3)
    pods = stack.identities()

    stack.up(autoscaling={"maxReplicas": 5})

    assert _wanted(stack) == 3
    assert stack.identities() == pods
    scalings = [each["message"] for each in stack.objects("events") if each.get("reason") == "ScalingReplicaSet"]
    assert scalings
    assert not [message for message in scalings if message.startswith("Scaled down")]

    driver.kubectl("scale", f"deployment/{SITE}", "--replicas=4", f"--namespace={stack.namespace}")
    stack.up(preStopSeconds=2)
    assert _wanted(stack) == 4, "an update of something else takes the autoscaler's number back"

    stack.up(autoscaling=None)
    assert _wanted(stack) == 3
    assert not stack.objects("horizontalpodautoscalers")


def test_who_may_not_connect_gets_no_answer_and_who_may_does(stack: SiteStack) -> None:
    stack.up(access={"pods": [FRIEND]})
    assert stack.outputs()["probe"] == "verified"
    site_stack.apply(
        _client(stack.namespace, "friend", FRIEND), _client(stack.namespace, "stranger", {"app": "stranger"})
    )
    for name in ("friend", "stranger"):
        driver.kubectl(
            "wait", f"--namespace={stack.namespace}", "--for=condition=Ready", "--timeout=120s", f"pod/{name}"
        )
    # The lab's policies hold for a pod from about its second second on.
    site_stack.until(lambda: "exit code 28" in _asks(stack, "stranger", stack.fqdn), 30, "strangers are not kept away")

    assert _asks(stack, "friend", stack.fqdn) == "200"
    for pod in stack.pods():
        assert "exit code 28" in _asks(stack, "stranger", stack.fqdn, f"{pod['status']['podIP']}:8443")
    assert "exit code 28" in _asks(stack, "friend", stack.fqdn, f"{stack.pods()[0]['status']['podIP']}:22")
    _site_reaches_nobody(stack)


def test_pods_see_other_services_in_their_environment_only_when_asked_to(stack: SiteStack) -> None:
    stack.up(replicas=1)
    assert "MY_NGINX_SERVICE" not in _environment(stack)

    stack.up(serviceLinks=True)

    variables = dict(line.partition("=")[::2] for line in _environment(stack).splitlines())
    outputs = stack.outputs()
    assert variables["MY_NGINX_SERVICE_HOST"] == outputs["clusterIp"]
    assert variables["MY_NGINX_SERVICE_PORT_HTTPS"] == "443"
    found = driver.kubectl(
        "exec", f"--namespace={stack.namespace}", f"deployment/{SITE}", "--", "cat", "/etc/resolv.conf"
    )
    assert f"{stack.namespace}.svc.cluster.local" in found
    assert f'"target":"short-name","url":"https://{SITE}:443/"' in stack.probe_log()


def _wanted(stack: SiteStack) -> int:
    """Return how many pods the Deployment is told to have."""
    (deployment,) = stack.objects("deployments")
    return int(deployment["spec"]["replicas"])


def _site_reaches_nobody(stack: SiteStack) -> None:
    """Assert that the site's own pods cannot even look a name up."""
    command = ["exec", f"--namespace={stack.namespace}", f"deployment/{SITE}", "--", "nslookup", "kubernetes.default"]
    refused = driver.run([driver.LAB / "bin" / "kubectl", f"--kubeconfig={driver.KUBECONFIG}", *command])
    assert refused.code != 0, refused.output
    assert "timed out" in refused.output or "no servers could be reached" in refused.output


def _environment(stack: SiteStack) -> str:
    return driver.kubectl("exec", f"--namespace={stack.namespace}", f"deployment/{SITE}", "--", "env")


def _asks(stack: SiteStack, pod: str, host: str, address: str = "") -> str:
    """Return the status of a verified request from a pod, or what kubectl says of curl's failure."""
    way = ["--connect-to", f"::{address}"] if address else []
    result = driver.run([
        driver.LAB / "bin" / "kubectl", f"--kubeconfig={driver.KUBECONFIG}", "exec", f"--namespace={stack.namespace}",
        pod, "--", "curl", "--silent", "--max-time", "3", "--cacert", "/ca/ca.crt", "--output", "/dev/null",
        "--write-out", "%{http_code}", *way, f"https://{host}/",
    ])  # fmt: skip
    return result.output


def _client(namespace: str, name: str, labels: dict[str, str]) -> dict[str, Any]:
    """Return a pod that trusts the site's authority and has curl."""
    maps = driver.objects("configmaps", namespace=namespace)
    authority = next(each for each in maps if each["metadata"]["name"].startswith(f"{SITE}-ca-"))
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": namespace, "labels": labels},
        "spec": {
            "automountServiceAccountToken": False,
            "terminationGracePeriodSeconds": 0,
            # A question lost on the way is asked again within curl's three seconds.
            "dnsConfig": {"options": [{"name": "timeout", "value": "1"}, {"name": "attempts", "value": "5"}]},
            "containers": [
                {
                    "name": "curl", "image": site_stack.CURL, "command": ["sleep", "600"],
                    "securityContext": _HARDENED, "volumeMounts": [{"name": "ca", "mountPath": "/ca"}],
                }
            ],
            "volumes": [{"name": "ca", "configMap": {"name": authority["metadata"]["name"]}}],
        },
    }  # fmt: skip
