"""CurlProbe under mocks: its pods, whatever runs in them."""

from collections.abc import Mapping
from typing import Any

from components.curl_probe import Target
from components.scheduling import Scheduling, Toleration
from tests.unit.harness import Deploy, Deployed
from tests.unit.probes import all_modes, args, declare


def pod_specs(deployed: Deployed) -> list[Mapping[str, Any]]:
    job = deployed.one("Job").inputs["spec"]
    cron = deployed.one("CronJob").inputs["spec"]["jobTemplate"]["spec"]
    shell = deployed.one("Deployment").inputs["spec"]
    return [each["template"] for each in (job, cron, shell)]


def test_every_pod_is_hardened_and_small(deploy: Deploy) -> None:
    for template in pod_specs(declare(deploy, all_modes())):
        spec = template["spec"]
        [container] = spec["containers"]
        assert spec["automountServiceAccountToken"] is False
        assert spec["enableServiceLinks"] is False
        assert spec["securityContext"]["runAsNonRoot"] is True
        assert spec["securityContext"]["runAsUser"] == 10001
        assert container["securityContext"]["readOnlyRootFilesystem"] is True
        assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
        assert container["resources"]["limits"]["cpu"] == "50m"
        assert container["resources"]["limits"]["memory"] == "32Mi"
        assert container["terminationMessagePolicy"] == "FallbackToLogsOnError"
        assert template["metadata"]["annotations"]["sidecar.istio.io/inject"] == "false"
        assert template["metadata"]["annotations"]["linkerd.io/inject"] == "disabled"


def test_every_pod_finds_the_nodes_that_the_site_has(deploy: Deploy) -> None:
    scheduling = Scheduling(
        node_selector={"pool": "dmz"},
        tolerations=(Toleration(key="dmz", effect="NoSchedule"), Toleration(key="disk", value="fast")),
        priority_class="high",
        runtime_class="gvisor",
    )

    for template in pod_specs(declare(deploy, all_modes(scheduling=scheduling))):
        spec = template["spec"]
        assert spec["nodeSelector"] == {"pool": "dmz"}
        assert spec["tolerations"] == [
            {"key": "dmz", "operator": "Exists", "effect": "NoSchedule"},
            {"key": "disk", "operator": "Equal", "value": "fast"},
        ]
        assert spec["priorityClassName"] == "high"
        assert spec["runtimeClassName"] == "gvisor"


def test_a_pod_says_nothing_of_nodes_unasked(deploy: Deploy) -> None:
    places = {"nodeSelector", "tolerations", "priorityClassName", "runtimeClassName", "hostUsers"}

    assert not any(places & set(template["spec"]) for template in pod_specs(declare(deploy, all_modes())))


def test_every_pod_sees_the_authority_and_nothing_else_of_the_site(deploy: Deploy) -> None:
    for template in pod_specs(declare(deploy, all_modes())):
        volumes = {each.pop("name"): each for each in map(dict, template["spec"]["volumes"])}
        assert volumes == {
            "probe": {
                "projected": {
                    "sources": [
                        {"configMap": {"name": "web-probe-script-0a1b2c3d"}},
                        {"configMap": {"name": "web-probe-plan-0a1b2c3d"}},
                    ]
                }
            },
            "ca": {"configMap": {"name": "web-ca", "items": [{"key": "ca.crt", "path": "ca.crt"}]}},
            "tmp": {"emptyDir": {"medium": "Memory", "sizeLimit": "16Mi"}},
        }
        [container] = template["spec"]["containers"]
        read_only = {each["name"]: each.get("readOnly") for each in container["volumeMounts"]}
        assert read_only == {"probe": True, "ca": True, "tmp": None}
        assert "env" not in container
        assert "envFrom" not in container


def test_a_probe_of_public_sites_mounts_no_authority(deploy: Deploy) -> None:
    public = Target(name="site", host="example.com", trust="public")
    job = declare(deploy, args(targets=(public,), ca_config_map=None)).one("Job")
    spec = job.inputs["spec"]["template"]["spec"]
    assert [each["name"] for each in spec["volumes"]] == ["probe", "tmp"]
    assert [each["name"] for each in spec["containers"][0]["volumeMounts"]] == ["probe", "tmp"]
