"""The stack's outputs: complete, as the schema in docs says, the same in every preview."""

import base64
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pulumi
import pytest
from jsonschema import Draft202012Validator
from pulumi.output import Unknown

import outputs
from tests.unit import certificates, output_schema, stacks
from tests.unit.harness import COMPLETED_AT, Deploy

DEV = stacks.ROOT / "Pulumi.dev.yaml"
SITE = output_schema.SCHEMA["$defs"]["site"]
EXPOSURES = SITE["properties"]["type"]["enum"]


def site_configs() -> Iterator[Any]:
    """Configurations that make every output take every form."""
    for path in stacks.STACKS:
        yield pytest.param(stacks.stack_config(path), id=path.name)
    dev = stacks.stack_config(DEV)
    for kind in EXPOSURES:
        yield pytest.param({**dev, "secure-nginx:service": json.dumps({"type": kind})}, id=kind)
    yield pytest.param({key: dev[key] for key in dev if key != "secure-nginx:probe"}, id="no probe")
    yield pytest.param({**dev, "secure-nginx:nginx": '{"http": "off"}'}, id="no plain port")
    yield pytest.param(
        {**dev, "secure-nginx:certificate": '{"source": "generated", "caGenerations": [1, 2]}'}, id="two authorities"
    )
    public = {"source": "cert-manager", "issuer": "public", "publicTrust": True}
    named = {**dev, "secure-nginx:hostNames": '["www.example.com"]'}
    yield pytest.param({**named, "secure-nginx:certificate": json.dumps(public)}, id="public trust")


CONFIGS = list(site_configs())


@pytest.mark.parametrize("config", CONFIGS)
def test_the_outputs_are_what_the_schema_says_and_no_secret(deploy: Deploy, config: Mapping[str, str]) -> None:
    deployed = deploy(stacks.run_program, config)

    assert output_schema.violations(deployed.exports) == []
    assert list(deployed.exports) == list(SITE["properties"])
    assert not deployed.exports_a_secret
    assert "PRIVATE KEY" not in json.dumps(deployed.exports)


def test_the_proof_says_what_ran_and_what_it_saw(deploy: Deploy) -> None:
    exports = deploy(stacks.run_program, stacks.stack_config(DEV)).exports

    assert exports["probe"] == "verified"
    assert exports["proof"]["completedAt"] == COMPLETED_AT
    assert exports["proof"]["job"] == "my-nginx-probe-job-0a1b2c3d"
    assert exports["proof"]["certificateSha256"] == exports["certificate"]["fingerprintSha256"]


@pytest.mark.parametrize("config", CONFIGS)
def test_the_first_preview_has_every_output_in_the_same_order(deploy: Deploy, config: Mapping[str, str]) -> None:
    preview = deploy(stacks.run_program, config, preview=True).exports

    assert list(preview) == list(SITE["properties"])


@pytest.mark.parametrize("kind", ["ClusterIP", "NodePort", "LoadBalancer"])
def test_a_preview_calls_unknown_what_the_cluster_has_yet_to_give(deploy: Deploy, kind: str) -> None:
    service = {"type": kind, **({"nodeAddresses": ["192.0.2.1"]} if kind == "NodePort" else {})}
    config = {**stacks.stack_config(DEV), "secure-nginx:service": json.dumps(service)}

    preview = deploy(stacks.run_program, config, preview=True).exports

    given = {"clusterIp", "clusterIps", "nodePorts", "loadBalancerAddress", *(["urls"] if kind == "NodePort" else [])}
    assert given <= {name for name, value in preview.items() if isinstance(value, Unknown)}
    assert preview["fqdn"] == "my-nginx.secure-nginx-dev.svc.cluster.local"


def test_a_secret_among_the_outputs_would_be_noticed(deploy: Deploy) -> None:
    def program() -> None:
        pulumi.export("site", {"key": pulumi.Output.secret("x")})

    assert deploy(program).exports_a_secret


def test_several_sites_are_grouped_by_name(deploy: Deploy) -> None:
    config = {
        **stacks.stack_config(DEV),
        "secure-nginx:sites": '{"web": {}, "blog": {"replicas": 1, "service": {"type": "LoadBalancer"}}}',
    }

    exports = deploy(stacks.run_program, config).exports

    assert output_schema.violations(exports) == []
    assert list(exports["sites"]) == ["web", "blog"]
    assert exports["sites"]["blog"]["service"] == "blog"
    assert "--connect-to ::192.0.2.10: " in exports["sites"]["blog"]["curl"]


def test_a_single_site_is_not_grouped() -> None:
    only: outputs.SiteOutputs = {}

    assert outputs.stack_outputs({"web": only}, single=True) is only


def test_the_command_knows_how_the_cluster_looks_from_outside(deploy: Deploy) -> None:
    config = stacks.stack_config(DEV) | {
        "secure-nginx:service": '{"type": "NodePort", "nodeAddresses": ["192.0.2.1"]}',
        "secure-nginx:outsideAddresses": '{"192.0.2.1": "203.0.113.1"}',
    }

    exports = deploy(stacks.run_program, config).exports

    assert exports["curl"].endswith(f"--connect-to ::203.0.113.1:30080 {exports['urls'][0]}")


@pytest.mark.parametrize(("policy", "asked"), [("Local", "get pods"), ("Cluster", "get nodes")])
def test_the_command_asks_for_a_node_that_answers(deploy: Deploy, policy: str, asked: str) -> None:
    config = stacks.stack_config(DEV) | {
        "secure-nginx:service": f'{{"type": "NodePort", "externalTrafficPolicy": "{policy}"}}'
    }

    assert asked in deploy(stacks.run_program, config).exports["curl"]


def test_the_command_trusts_the_authority_that_the_stack_has(deploy: Deploy) -> None:
    exports = deploy(stacks.run_program, stacks.stack_config(DEV)).exports

    authority = base64.b64encode(exports["caCertificate"].encode()).decode()
    assert exports["curl"].startswith(f"echo {authority} | base64 -d | curl ")


def test_the_command_asks_for_what_the_stack_does_not_have(deploy: Deploy) -> None:
    theirs = {"source": "existing", "secretName": "theirs", "caConfigMap": "their-ca"}
    config = stacks.stack_config(DEV) | {
        "secure-nginx:service": '{"type": "ClusterIP"}',
        "secure-nginx:hostNames": '["www.example.com"]',
        "secure-nginx:certificate": json.dumps(theirs),
    }

    exports = deploy(stacks.run_program, config).exports

    asked = "kubectl --context=lab get --namespace=secure-nginx-dev configmap their-ca "
    assert exports["curl"].startswith(asked)
    assert exports["curl"].endswith(f" --connect-to ::{exports['fqdn']}: https://www.example.com/")


def test_the_schema_is_one_and_strict() -> None:
    Draft202012Validator.check_schema(output_schema.SCHEMA)
    for place, part in _objects(output_schema.SCHEMA, "$"):
        assert part.get("description"), place
        if "properties" in part:
            assert part["additionalProperties"] is False, place
            assert set(part["required"]) <= set(part["properties"]), place


@pytest.mark.parametrize(
    "change",
    [
        {"surprise": 1}, {"ports": {"https": "443", "http": 80}}, {"clusterIps": "10.96.0.10"}, {"probe": "perhaps"},
        {"urls": []}, {"urls": ["http://web/"]}, {"curl": "curl -k https://web/"}, {"fqdn": None},
    ],
    ids=str,
)  # fmt: skip
def test_the_schema_refuses_what_is_wrong(deploy: Deploy, change: dict[str, Any]) -> None:
    exports = deploy(stacks.run_program, stacks.stack_config(DEV)).exports

    assert output_schema.violations({**exports, **change})


def test_the_schema_refuses_a_key_in_a_certificates_place(deploy: Deploy) -> None:
    exports = deploy(stacks.run_program, stacks.stack_config(DEV)).exports

    assert output_schema.violations({**exports, "caCertificate": certificates.key_pem("ca")})


def test_the_document_names_the_schema_and_every_group_of_outputs() -> None:
    text = (Path(output_schema.FILE).parent / "outputs.md").read_text()

    assert output_schema.FILE.name in text
    for name in SITE["properties"]:
        assert f"`{name}`" in text, name


def _objects(part: Any, place: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every schema inside a schema that stands for an output."""
    for group in ("properties", "$defs"):
        for name, inner in part.get(group, {}).items():
            yield f"{place}.{name}", inner
            yield from _objects(inner, f"{place}.{name}")
