"""The pods: hardened, spread, probed, and told to stop in time."""

from collections.abc import Mapping
from typing import Any

import pytest

from components import Access, Autoscaling, NginxOptions, Resources, Scheduling, Toleration, VolumeClaim
from tests.unit import sites
from tests.unit.harness import Deploy

ON_ONE_NODE = VolumeClaim(access_mode="ReadWriteOnce")


def spec(deploy: Deploy, **changes: Any) -> Mapping[str, Any]:
    found: Mapping[str, Any] = deploy(sites.program("web", **changes)).one("Deployment").inputs
    specification: Mapping[str, Any] = found["spec"]
    return specification


def pod(deploy: Deploy, **changes: Any) -> Mapping[str, Any]:
    found: Mapping[str, Any] = spec(deploy, **changes)["template"]["spec"]
    return found


def test_pods_satisfy_the_restricted_level(deploy: Deploy) -> None:
    found = pod(deploy)

    context = found["securityContext"]
    assert context["runAsNonRoot"] is True
    assert context["seccompProfile"] == {"type": "RuntimeDefault"}
    (container,) = found["containers"]
    assert container["securityContext"] == {
        "runAsNonRoot": True, "runAsUser": 10001, "runAsGroup": 10001, "privileged": False,
        "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]}, "seccompProfile": {"type": "RuntimeDefault"},
    }  # fmt: skip


def test_files_of_volumes_belong_to_the_pods_group(deploy: Deploy) -> None:
    assert pod(deploy)["securityContext"]["fsGroup"] == 10001


def test_pods_have_no_token_and_no_service_links(deploy: Deploy) -> None:
    deployed = deploy(sites.program("web"))

    found = deployed.one("Deployment").inputs["spec"]["template"]["spec"]
    assert found["automountServiceAccountToken"] is False
    assert found["enableServiceLinks"] is False
    assert deployed.one("ServiceAccount").inputs["automountServiceAccountToken"] is False


def test_service_links_need_the_service_first(deploy: Deploy) -> None:
    deployed = deploy(sites.program("web", service_links=True))

    deployment = deployed.one("Deployment")
    assert deployment.inputs["spec"]["template"]["spec"]["enableServiceLinks"] is True
    assert "web-service" in deployment.dependencies


def test_everything_is_limited(deploy: Deploy) -> None:
    resources = pod(deploy)["containers"][0]["resources"]

    for bound in ("requests", "limits"):
        assert set(resources[bound]) == {"cpu", "memory", "ephemeral-storage"}


def test_only_tmp_can_be_written_and_it_is_bounded(deploy: Deploy) -> None:
    found = pod(deploy)

    mounts = found["containers"][0]["volumeMounts"]
    assert [each["mountPath"] for each in mounts if not each.get("readOnly")] == ["/tmp"]
    (tmp,) = [each for each in found["volumes"] if each["name"] == "tmp"]
    assert tmp["emptyDir"] == {"medium": "Memory", "sizeLimit": "16Mi"}


def test_nothing_is_mounted_by_sub_path(deploy: Deploy) -> None:
    assert not any("subPath" in each for each in pod(deploy)["containers"][0]["volumeMounts"])


def test_a_new_pod_is_ready_before_an_old_one_goes(deploy: Deploy) -> None:
    assert spec(deploy)["strategy"] == {
        "type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"content": VolumeClaim(access_mode="ReadWriteOnce"), "replicas": 1}, "Recreate"),
        ({"content": VolumeClaim(access_mode="ReadWriteOnce"), "replicas": 2}, "RollingUpdate"),
        ({"content": VolumeClaim(), "replicas": 1}, "RollingUpdate"),
        ({"content": VolumeClaim(access_mode="ReadWriteOnce", claim="theirs"), "replicas": 1}, "Recreate"),
        (
            {
                "content": VolumeClaim(access_mode="ReadWriteOnce"),
                "replicas": 1,
                "autoscaling": Autoscaling(max_replicas=3),
            },
            "RollingUpdate",
        ),
    ],
)
def test_one_pod_lets_go_of_a_volume_that_can_be_on_one_node_alone(
    deploy: Deploy, changes: dict[str, Any], kind: str
) -> None:
    assert spec(deploy, **changes)["strategy"]["type"] == kind


def test_replicas_do_not_share_a_node_while_two_are_free(deploy: Deploy) -> None:
    found = spec(deploy)

    (spread,) = found["template"]["spec"]["topologySpreadConstraints"]
    assert spread["labelSelector"] == found["selector"]
    assert spread["matchLabelKeys"] == ["pod-template-hash"]
    assert (spread["maxSkew"], spread["whenUnsatisfiable"]) == (1, "DoNotSchedule")
    assert spread["nodeTaintsPolicy"] == "Honor"


def test_there_is_time_to_stop(deploy: Deploy) -> None:
    found = pod(deploy, pre_stop_seconds=7, nginx=NginxOptions(shutdown_seconds=11))

    assert found["containers"][0]["lifecycle"]["preStop"] == {"sleep": {"seconds": 7}}
    assert found["terminationGracePeriodSeconds"] > 7 + 11


def test_a_pod_can_stop_without_a_pause(deploy: Deploy) -> None:
    assert "lifecycle" not in pod(deploy, pre_stop_seconds=0)["containers"][0]


def test_readiness_and_liveness_are_asked_over_tls_at_different_paths(deploy: Deploy) -> None:
    container = pod(deploy)["containers"][0]

    probes = [container[f"{kind}Probe"]["httpGet"] for kind in ("startup", "readiness", "liveness")]
    assert [each["path"] for each in probes] == ["/readyz", "/readyz", "/livez"]
    assert all((each["scheme"], each["port"]) == ("HTTPS", "https") for each in probes)


@pytest.mark.parametrize(("http", "ports"), [("off", [8443]), ("redirect", [8443, 8080])])
def test_only_ports_in_use_are_declared(deploy: Deploy, http: Any, ports: list[int]) -> None:
    container = pod(deploy, nginx=NginxOptions(http=http))["containers"][0]

    assert [each["containerPort"] for each in container["ports"]] == ports


def test_labels_of_the_user_reach_pods_but_not_the_selector(deploy: Deploy) -> None:
    found = spec(deploy, labels={"run": "web"})

    assert found["template"]["metadata"]["labels"]["run"] == "web"
    assert "run" not in found["selector"]["matchLabels"]


def test_a_site_can_be_part_of_something_larger(deploy: Deploy) -> None:
    found = spec(deploy, labels={"app.kubernetes.io/part-of": "shop"})

    assert found["template"]["metadata"]["labels"]["app.kubernetes.io/part-of"] == "shop"


def test_where_pods_run_can_be_chosen(deploy: Deploy) -> None:
    found = pod(
        deploy,
        image_pull_secrets=("registry",),
        scheduling=Scheduling(
            node_selector={"disk": "fast"},
            tolerations=(
                Toleration(key="a"), Toleration(key="b", value="c", effect="NoSchedule"),
            ),
            priority_class="high",
            runtime_class="kata",
            user_namespace=True,
        ),
    )  # fmt: skip

    assert found["imagePullSecrets"] == [{"name": "registry"}]
    assert found["nodeSelector"] == {"disk": "fast"}
    assert found["tolerations"] == [
        {"key": "a", "operator": "Exists"},
        {"key": "b", "operator": "Equal", "value": "c", "effect": "NoSchedule"},
    ]
    assert (found["priorityClassName"], found["runtimeClassName"]) == ("high", "kata")
    assert found["hostUsers"] is False


def test_an_autoscaler_takes_over_the_number_of_pods_as_it_is(deploy: Deploy) -> None:
    deployed = deploy(sites.program("web", autoscaling=Autoscaling(max_replicas=5)))

    # A field that is no longer sent would fall back to one pod until the autoscaler looks.
    deployment = deployed.one("Deployment")
    assert deployment.inputs["spec"]["replicas"] == 2
    assert list(deployment.options.ignoreChanges) == ["spec.replicas"]
    scaler = deployed.one("HorizontalPodAutoscaler").inputs["spec"]
    assert (scaler["minReplicas"], scaler["maxReplicas"]) == (2, 5)
    assert scaler["scaleTargetRef"]["name"] == "web"


@pytest.mark.parametrize("most", [3, 5])
def test_without_an_autoscaler_the_number_of_pods_is_as_set(deploy: Deploy, most: int) -> None:
    scaled = deploy(sites.program("web", autoscaling=Autoscaling(max_replicas=most))).one("Deployment")
    fixed = deploy(sites.program("web")).one("Deployment")

    assert fixed.inputs["spec"]["replicas"] == 2
    assert not fixed.options.ignoreChanges
    # The state may hold the same number all along: something else must bring about the update that sets it.
    assert fixed.inputs["metadata"] != scaled.inputs["metadata"]
    assert fixed.inputs["spec"] == scaled.inputs["spec"]
    as_many = deploy(sites.program("web", replicas=most)).one("Deployment")
    assert as_many.inputs["metadata"] != scaled.inputs["metadata"]


@pytest.mark.parametrize(
    ("limit", "workers"),
    [("50m", 1), ("1", 1), ("1000m", 1), ("1001m", 2), ("1.5", 2), ("4", 4)],
)
def test_workers_follow_the_cpu_limit(deploy: Deploy, limit: str, workers: int) -> None:
    deployed = deploy(sites.program("web", resources=Resources(cpu_limit=limit)))

    conf = deployed.one("ConfigMap", "config").inputs["data"]["nginx.conf"]
    assert f"worker_processes {workers};" in conf


def policy(deploy: Deploy, **changes: Any) -> Mapping[str, Any]:
    found: Mapping[str, Any] = deploy(sites.program("web", **changes)).one("NetworkPolicy").inputs
    return found


@pytest.mark.parametrize(("http", "ports"), [("off", [8443]), ("redirect", [8443, 8080]), ("serve", [8443, 8080])])
def test_pods_accept_on_serving_ports_alone_and_connect_nowhere(deploy: Deploy, http: Any, ports: list[int]) -> None:
    found = policy(deploy, nginx=NginxOptions(http=http))["spec"]

    assert found["policyTypes"] == ["Ingress", "Egress"]
    assert found["egress"] == []
    (rule,) = found["ingress"]
    assert [each["port"] for each in rule["ports"]] == ports
    assert "from" not in rule


def test_those_who_may_connect_can_be_listed(deploy: Deploy) -> None:
    access = Access(namespaces=("ops",), pods=({"app": "x"},), networks=("192.0.2.0/24",))

    (rule,) = policy(deploy, access=access)["spec"]["ingress"]

    assert rule["from"] == [
        {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "ops"}}},
        {"podSelector": {"matchLabels": {"app": "x"}}},
        {"ipBlock": {"cidr": "192.0.2.0/24"}},
    ]


def test_the_network_policy_lets_names_be_looked_up_when_asked_to(deploy: Deploy) -> None:
    policy = deploy(sites.program("web", access=Access(dns=True))).one("NetworkPolicy").inputs["spec"]

    ports = [{"port": 53, "protocol": "UDP"}, {"port": 53, "protocol": "TCP"}]
    assert policy["egress"] == [{"ports": ports}]
    assert deploy(sites.program("web")).one("NetworkPolicy").inputs["spec"]["egress"] == []


@pytest.mark.parametrize(
    ("changes", "seconds", "progress"),
    [
        ({}, "140", 120),
        ({"replicas": 0}, "120", 120),
        ({"autoscaling": Autoscaling(max_replicas=9)}, "215", 120),
        ({"rollout_seconds": 900}, "900", 900),
        ({"rollout_seconds": 900, "autoscaling": Autoscaling(max_replicas=9)}, "905", 900),
        # The pods may take 310 seconds to end, and an update that removes them waits for that.
        ({"pre_stop_seconds": 300, "nginx": NginxOptions(shutdown_seconds=5)}, "315", 120),
        ({"pre_stop_seconds": 300, "nginx": NginxOptions(shutdown_seconds=5), "rollout_seconds": 400}, "400", 400),
        # One pod ends before the next one comes.
        ({"content": ON_ONE_NODE, "replicas": 1}, "160", 150),
        ({"content": ON_ONE_NODE, "replicas": 1, "rollout_seconds": 60, "pre_stop_seconds": 300}, "385", 385),
    ],
)
def test_an_update_waits_as_long_as_all_pods_may_take(
    deploy: Deploy, changes: dict[str, Any], seconds: str, progress: int
) -> None:
    deployment = deploy(sites.program("web", **changes)).one("Deployment").inputs

    assert deployment["metadata"]["annotations"]["pulumi.com/timeoutSeconds"] == seconds
    assert deployment["spec"]["progressDeadlineSeconds"] == progress


def test_the_network_policy_can_be_left_to_others(deploy: Deploy) -> None:
    deployed = deploy(sites.program("web", access=Access(restricted=False)))

    assert not deployed.of("NetworkPolicy")
