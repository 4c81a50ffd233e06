"""CurlProbe under mocks: the objects it declares."""

import pulumi
import pytest
from pulumi_kubernetes import core

from components.curl_probe import (
    CurlProbe,
    Expectations,
    NetworkAccess,
    ShellMode,
    Target,
    probe_pod_labels,
)
from components.probe_script import ProbeScript, ProbeScriptArgs
from tests.unit.harness import COMPLETED_AT, Deploy
from tests.unit.probes import LEAF, SERVICE, all_modes, args, declare


def test_the_gate_alone_is_its_script_and_plan_and_a_job(deploy: Deploy) -> None:
    deployed = declare(deploy, args())
    assert [each.name for each in deployed.resources] == [
        "web-probe",
        "web-probe-plan",
        "web-probe-script",
        "web-probe-job",
    ]


def test_a_script_that_is_shared_is_not_made_again(deploy: Deploy) -> None:
    deployed = declare(deploy, args(script_config_map="script-of-all"))

    assert [each.name for each in deployed.resources] == ["web-probe", "web-probe-plan", "web-probe-job"]
    job = deployed.one("Job")
    (volume,) = [each for each in job.inputs["spec"]["template"]["spec"]["volumes"] if each["name"] == "probe"]
    assert volume["projected"]["sources"][0] == {"configMap": {"name": "script-of-all"}}


def test_every_mode_and_the_policy_can_go_together(deploy: Deploy) -> None:
    deployed = declare(deploy, all_modes())
    children = [each for each in deployed.resources if each.name != "web-probe"]
    assert {each.type.rpartition(":")[2] for each in children} == {
        "ConfigMap",
        "Job",
        "CronJob",
        "Deployment",
        "NetworkPolicy",
    }
    assert {each.parent for each in children} == {"web-probe"}
    for each in children:
        assert each.inputs["metadata"]["namespace"] == "shop"
        assert "name" not in each.inputs["metadata"], "Pulumi names it, so it can be replaced"


def test_the_job_gives_one_verdict_and_never_waits_for_long(deploy: Deploy) -> None:
    deployed = declare(deploy, all_modes())
    job = deployed.one("Job")
    spec = job.inputs["spec"]
    assert job.inputs["metadata"]["annotations"]["pulumi.com/replaceUnready"] == "true"
    assert spec["backoffLimit"] == 0
    assert spec["activeDeadlineSeconds"] == 55
    assert "ttlSecondsAfterFinished" not in spec, "its deletion would look like drift"
    assert spec["podFailurePolicy"]["rules"] == [
        {
            "action": "Ignore",
            "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}],
        }
    ]
    assert spec["template"]["spec"]["restartPolicy"] == "Never"
    assert job.options.customTimeouts.create == job.options.customTimeouts.update == "115s"
    assert deployed.one("Deployment").options.customTimeouts.create == "120s"
    assert not deployed.one("CronJob").options.HasField("customTimeouts")


def test_the_job_starts_after_the_policy_and_after_what_the_probe_depends_on(
    deploy: Deploy,
) -> None:
    def program() -> None:
        site = core.v1.ConfigMap("site")
        CurlProbe("web-probe", all_modes(), pulumi.ResourceOptions(depends_on=[site]))

    deployed = deploy(program)
    names = [each.name for each in deployed.resources]
    assert names.index("site") < names.index("web-probe") < names.index("web-probe-job")
    assert "site" in deployed.one("CurlProbe").dependencies
    assert "web-probe-policy" in deployed.one("Job").dependencies


def test_ports_may_become_known_late(deploy: Deploy) -> None:
    def program() -> None:
        target = Target(
            name="node",
            host="web.shop.svc",
            address="10.0.0.1",
            address_port=pulumi.Output.from_input(30443),
            http_address_port=pulumi.Output.from_input(30080),
        )
        CurlProbe("web-probe", args(targets=(target,)))

    plan = deploy(program).one("ConfigMap", "web-probe-plan").inputs["data"]["target-001"].splitlines()

    assert {"address-port 30443", "http-address-port 30080"} <= set(plan)


def test_a_protected_probe_can_still_judge_anew(deploy: Deploy) -> None:
    def program() -> None:
        options = pulumi.ResourceOptions(protect=True, retain_on_delete=True)
        CurlProbe("web-probe", all_modes(), options)
        ProbeScript("script", ProbeScriptArgs(namespace="shop"), options)

    children = [each for each in deploy(program).resources if each.name not in ("web-probe", "script") or each.parent]

    assert len(children) == 7
    for each in children:
        assert not each.options.protect, each.name
        assert each.options.HasField("retainOnDelete"), each.name
        assert not each.options.retainOnDelete, each.name


def test_what_the_program_says_of_an_object_holds_whoever_else_has_changed_it(deploy: Deploy) -> None:
    children = [each for each in declare(deploy, all_modes()).resources if each.name != "web-probe"]

    assert len(children) == 6
    for each in children:
        assert each.inputs["metadata"]["annotations"]["pulumi.com/patchForce"] == "true", each.name


def test_the_watch_never_overlaps_and_keeps_its_failures(deploy: Deploy) -> None:
    cron = declare(deploy, all_modes()).one("CronJob").inputs["spec"]
    assert {key: cron[key] for key in cron if key != "jobTemplate"} == {
        "schedule": "*/5 * * * *",
        "concurrencyPolicy": "Forbid",
        "startingDeadlineSeconds": 60,
        "successfulJobsHistoryLimit": 1,
        "failedJobsHistoryLimit": 3,
        "suspend": False,
    }
    assert cron["jobTemplate"]["spec"]["activeDeadlineSeconds"] == 55


def test_the_shell_is_the_tutorial_s_curl_pod_and_sleeps(deploy: Deploy) -> None:
    spec = declare(deploy, all_modes()).one("Deployment").inputs["spec"]
    template = spec["template"]
    assert template["metadata"]["labels"]["app"] == "curlpod"
    assert spec["selector"]["matchLabels"].items() <= template["metadata"]["labels"].items()
    assert "sleep" in template["spec"]["containers"][0]["command"][2]


@pytest.mark.parametrize(
    ("more", "shell"),
    [
        ({"app": "shop"}, ShellMode()),
        ({"app": "shop"}, ShellMode(labels={"app": "curlpod", "app.kubernetes.io/name": "curl"})),
        ({}, ShellMode(labels={"app.kubernetes.io/managed-by": "me"})),
    ],
)
def test_labels_of_the_user_cannot_take_the_shell_from_its_deployment(
    deploy: Deploy, more: dict[str, str], shell: ShellMode
) -> None:
    deployed = declare(deploy, args(shell=shell, labels={"team": "a", **more}))

    spec = deployed.one("Deployment").inputs["spec"]
    pod = spec["template"]["metadata"]["labels"]
    assert spec["selector"]["matchLabels"] == {**shell.labels, **probe_pod_labels("web-probe")}
    assert spec["selector"]["matchLabels"].items() <= pod.items()
    assert pod["team"] == "a"
    assert deployed.one("Job").inputs["spec"]["template"]["metadata"]["labels"].items() >= more.items()


def test_the_policy_lets_out_dns_and_the_site_s_port(deploy: Deploy) -> None:
    access = NetworkAccess(ports=(8443,), pod_labels={"app": "web"}, cidrs=("192.0.2.0/24",))
    deployed = declare(deploy, args(network=access))
    policy = deployed.one("NetworkPolicy").inputs["spec"]
    pod = deployed.one("Job").inputs["spec"]["template"]
    selector = policy["podSelector"]["matchLabels"]
    assert probe_pod_labels("web-probe").items() < selector.items()
    assert selector.items() <= pod["metadata"]["labels"].items()
    assert policy["policyTypes"] == ["Ingress", "Egress"]
    assert "ingress" not in policy
    dns, site = policy["egress"]
    assert [(each["port"], each["protocol"]) for each in dns["ports"]] == [(53, "UDP"), (53, "TCP")]
    assert site["ports"] == [{"port": 8443, "protocol": "TCP"}]
    assert site["to"] == [
        {"ipBlock": {"cidr": "192.0.2.0/24"}},
        {"podSelector": {"matchLabels": {"app": "web"}}},
    ]


def test_the_policy_lets_out_to_every_node_port_on_request(deploy: Deploy) -> None:
    access = NetworkAccess(ports=(8443,), node_ports=True)

    policy = declare(deploy, args(network=access)).one("NetworkPolicy").inputs["spec"]

    assert policy["egress"][1]["ports"] == [
        {"port": 8443, "protocol": "TCP"},
        {"port": 30000, "endPort": 32767, "protocol": "TCP"},
    ]


def test_a_policy_that_is_on_its_way_out_binds_no_new_pod(deploy: Deploy) -> None:
    old = declare(deploy, args(network=NetworkAccess(ports=(1,)))).one("NetworkPolicy")
    selector = old.inputs["spec"]["podSelector"]["matchLabels"]
    for network in (None, NetworkAccess(ports=(8443,)), NetworkAccess(ports=(1,), node_ports=True)):
        pod = declare(deploy, args(network=network)).one("Job").inputs["spec"]["template"]
        assert not selector.items() <= pod["metadata"]["labels"].items()


def test_a_policy_without_destinations_limits_the_ports_alone(deploy: Deploy) -> None:
    policy = declare(deploy, all_modes()).one("NetworkPolicy").inputs["spec"]
    assert "to" not in policy["egress"][1]


def test_labels_and_pull_secrets_reach_the_pods(deploy: Deploy) -> None:
    deployed = declare(deploy, args(labels={"team": "a"}, image_pull_secrets=("registry",)))
    job = deployed.one("Job").inputs
    template = job["spec"]["template"]
    assert job["metadata"]["labels"]["team"] == "a"
    assert template["metadata"]["labels"]["team"] == "a"
    assert template["spec"]["imagePullSecrets"] == [{"name": "registry"}]


def test_values_that_come_late_are_judged_too(deploy: Deploy) -> None:
    late = Target(
        name="node-1",
        host=pulumi.Output.from_input("web.shop.svc"),
        port=pulumi.Output.from_input(443),
        address=pulumi.Output.from_input("10.0.0.7"),
        address_port=pulumi.Output.from_input(30443.0),  # type: ignore[arg-type]  # as the engine does
    )
    pending = Target(name="load-balancer", host="web.shop.svc", address=pulumi.Output.from_input(None))
    namespace = pulumi.Output.from_input("shop")
    deployed = declare(deploy, args(namespace=namespace, targets=(late, pending)))
    data = deployed.one("ConfigMap", "-plan").inputs["data"]
    assert "address 10.0.0.7\naddress-port 30443\n" in data["target-001"]
    assert "address -\n" in data["target-002"]
    assert deployed.exports["targets"] == [
        "node-1: https://web.shop.svc:443/ via 10.0.0.7:30443",
        "load-balancer: https://web.shop.svc:443/ via an address not yet known:443",
    ]


def test_a_target_can_have_expectations_of_its_own_and_no_pin(deploy: Deploy) -> None:
    other = Target(name="other", host="other.shop", pinned=False, expect=Expectations(statuses=(204,)))
    deployed = declare(deploy, args(targets=(SERVICE, other), certificate_pem=LEAF))
    data = deployed.one("ConfigMap", "-plan").inputs["data"]
    assert "certificate " in data["settings"]
    assert "pinned yes\n" in data["target-001"]
    assert "pinned no\n" in data["target-002"]
    assert "statuses 204\n" in data["target-002"]


def test_every_output_is_registered_and_there_for_every_mode(deploy: Deploy) -> None:
    shell_only = args(job=False, shell=ShellMode())
    exports = declare(deploy, shell_only).exports
    assert exports == {
        "verdict": "not run",
        "completed_at": None,
        "job_name": None,
        "cron_job_name": None,
        "shell_name": "web-probe-shell-0a1b2c3d",
        "targets": ["service: https://web.shop.svc:443/"],
        "fingerprint_sha256": None,
    }
    deployed = declare(deploy, all_modes(certificate_pem=LEAF))
    assert set(deployed.registered["web-probe"]) == set(exports)
    assert deployed.exports["verdict"] == "verified"
    assert deployed.exports["completed_at"] == COMPLETED_AT
    assert deployed.exports["job_name"] == "web-probe-job-0a1b2c3d"
    assert deployed.exports["cron_job_name"] == "web-probe-cron-0a1b2c3d"
    assert len(deployed.exports["fingerprint_sha256"]) == 64


def test_a_preview_is_total(deploy: Deploy) -> None:
    deployed = declare(deploy, all_modes(certificate_pem=LEAF), preview=True)
    assert deployed.one("Job").inputs["spec"]["backoffLimit"] == 0


def test_a_class_made_of_a_probe_has_its_outputs(deploy: Deploy) -> None:
    class Ours(CurlProbe):
        ours: str

    deployed = deploy(lambda: Ours("web-probe", args()))

    assert {"verdict", "job_name", "targets"} <= set(deployed.registered["web-probe"])
