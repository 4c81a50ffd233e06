"""The resources of SecureNginx: parents, names, secrets, order and outputs."""

from collections.abc import Iterator
from typing import Any

import pulumi
import pulumi_kubernetes as k8s
import pytest

from components import Autoscaling, ClusterIP, ExternalName, LoadBalancer, SecureNginx
from tests.unit import sites
from tests.unit.harness import Deploy, is_secret


def leaves(value: Any, *, secret: bool = False) -> Iterator[tuple[str, bool]]:
    """Every text inside `value`, and whether a secret wrapper holds it."""
    if is_secret(value):
        yield from leaves(value["value"], secret=True)
    elif isinstance(value, dict):
        for each in value.values():
            yield from leaves(each, secret=secret)
    elif isinstance(value, list):
        for each in value:
            yield from leaves(each, secret=secret)
    elif isinstance(value, str):
        yield value, secret


def test_every_child_belongs_to_the_component(deploy: Deploy) -> None:
    deployed = deploy(sites.program("web"))

    children = [each for each in deployed.resources if each.type.startswith(("kubernetes:", "tls:"))]
    assert len(children) == 14
    assert {each.parent for each in children} == {"web"}


def test_every_child_is_named_after_the_component(deploy: Deploy) -> None:
    deployed = deploy(sites.program("web"))

    children = [each.name for each in deployed.resources if each.parent == "web"]
    assert all(name.startswith("web-") for name in children)


def test_two_sites_do_not_collide(deploy: Deploy) -> None:
    deployed = deploy(sites.program("web", "blog"))

    assert len(deployed.of("SecureNginx")) == 2


def test_registered_outputs_are_exactly_the_annotated_ones(deploy: Deploy) -> None:
    # None is not recorded: only together do these exposures have a value for every output.
    balanced = deploy(sites.program("web", service=LoadBalancer())).registered["web"]
    alias = deploy(sites.program("web", service=ExternalName())).registered["web"]

    assert balanced.keys() | alias.keys() == SecureNginx.__annotations__.keys()


def test_the_component_keeps_no_arguments_in_state(deploy: Deploy) -> None:
    deployed = deploy(sites.program("web"))

    assert deployed.one("SecureNginx").inputs == {}


def test_private_keys_reach_only_tls_resources_and_the_secret(deploy: Deploy) -> None:
    deployed = deploy(sites.program("web"))

    for each in deployed.resources:
        for text, secret in leaves(each.wrapped):
            if "PRIVATE KEY" in text:
                assert secret, each.name
                assert each.type.startswith("tls:") or each.type.endswith(":Secret"), each.name
    for name, outputs in deployed.registered.items():
        assert not any("PRIVATE KEY" in text for text, _ in leaves(outputs)), name


def test_the_ca_key_never_enters_the_cluster(deploy: Deploy) -> None:
    deployed = deploy(sites.program("web"))

    for each in deployed.resources:
        if each.type.startswith("kubernetes:"):
            assert "web-ca-1-key" not in each.dependencies, each.name
    secret = deployed.one("Secret")
    assert set(secret.inputs["stringData"]) == {"tls.crt", "tls.key"}


def test_nothing_secret_is_outside_the_secret(deploy: Deploy) -> None:
    deployed = deploy(sites.program("web"))

    for each in deployed.resources:
        if each.type.startswith("kubernetes:") and not each.type.endswith(":Secret"):
            assert not any(secret for _, secret in leaves(each.wrapped)), each.name


def test_objects_with_data_are_immutable_and_get_a_new_name(deploy: Deploy) -> None:
    deployed = deploy(sites.program("web"))

    holders = [*deployed.of("ConfigMap"), *deployed.of("Secret")]
    assert len(holders) == 4
    for each in holders:
        assert each.inputs["immutable"] is True
        assert "name" not in each.inputs["metadata"]


def test_the_deployment_does_not_wait_for_the_service(deploy: Deploy) -> None:
    deployed = deploy(sites.program("web"))

    assert "web-service" not in deployed.one("Deployment").dependencies
    assert "web-deployment" not in deployed.one("Service").dependencies


def test_the_pods_use_what_this_site_created(deploy: Deploy) -> None:
    pod = deploy(sites.program("web")).one("Deployment").inputs["spec"]["template"]["spec"]

    volumes = {each["name"]: each for each in pod["volumes"]}
    assert volumes["tls"]["secret"]["secretName"] == "web-tls-0a1b2c3d"
    assert volumes["config"]["configMap"]["name"] == "web-config-0a1b2c3d"
    assert volumes["content"]["configMap"]["name"] == "web-content-0a1b2c3d"
    assert pod["serviceAccountName"] == "web"


def test_the_key_has_one_read_only_mount_for_the_group(deploy: Deploy) -> None:
    pod = deploy(sites.program("web")).one("Deployment").inputs["spec"]["template"]["spec"]

    (tls,) = [each for each in pod["volumes"] if "secret" in each]
    mounts = [each for each in pod["containers"][0]["volumeMounts"] if each["name"] == "tls"]
    assert tls["secret"]["defaultMode"] == 0o440
    assert [each["readOnly"] for each in mounts] == [True]


@pytest.mark.parametrize(
    ("replicas", "autoscaling", "budgets"),
    [(0, None, 0), (1, None, 0), (2, None, 1), (1, Autoscaling(max_replicas=3), 1)],
)
def test_a_budget_exists_only_where_there_may_be_several_pods(
    deploy: Deploy, replicas: int, autoscaling: Autoscaling | None, budgets: int
) -> None:
    deployed = deploy(sites.program("web", replicas=replicas, autoscaling=autoscaling))

    assert len(deployed.of("PodDisruptionBudget")) == budgets


def test_the_certificate_covers_every_name_of_the_service(deploy: Deploy) -> None:
    request = deploy(sites.program("web")).one("CertRequest")

    assert request.inputs["dnsNames"] == [
        "web", "web.shop", "web.shop.svc", "web.shop.svc.cluster.local", "localhost",
    ]  # fmt: skip
    assert request.inputs["ipAddresses"] == ["127.0.0.1"]


def test_outputs_of_a_site_are_usable_in_a_preview(deploy: Deploy) -> None:
    outputs = deploy(sites.program("web"), preview=True).registered["web"]

    assert outputs["fqdn"] == "web.shop.svc.cluster.local"
    assert outputs["urls"] == ["https://web.shop.svc.cluster.local/"]


def test_a_name_that_every_namespace_has_taken_is_refused(deploy: Deploy) -> None:
    with pytest.raises(
        ValueError, match=r"\n  - name: 'default' is a ServiceAccount of every namespace; choose another"
    ):
        deploy(sites.program("default"))


def test_wrong_arguments_are_all_named_before_anything_is_declared(deploy: Deploy) -> None:
    with pytest.raises(ValueError, match=r"replicas: -1(.|\n)*cluster_domain: '-'"):
        deploy(sites.program("web", replicas=-1, cluster_domain="-"))


def test_a_class_made_of_a_site_has_its_outputs(deploy: Deploy) -> None:
    class Ours(SecureNginx):
        ours: str

    deployed = deploy(lambda: Ours("web", sites.args()))

    assert {"fqdn", "urls", "revision"} <= set(deployed.registered["web"])


def test_a_protected_site_still_gets_what_it_gets_anew_in_time(deploy: Deploy) -> None:
    def program() -> None:
        cluster = k8s.Provider("cluster", context="test")
        options = pulumi.ResourceOptions(providers=[cluster], protect=True, retain_on_delete=True)
        SecureNginx("web", sites.args(), options)

    deployed = deploy(program)

    kept = {each.name for each in deployed.resources if each.options.protect and each.parent == "web"}
    assert kept == {"web-ca-1-key", "web-account", "web-deployment", "web-service", "web-access", "web-budget"}
    renewed = [each for each in deployed.resources if each.parent == "web" and each.name not in kept]
    assert len(renewed) > 7
    # Otherwise the engine gives them the parent's.
    assert all(each.options.HasField("retainOnDelete") and not each.options.retainOnDelete for each in renewed)


def test_to_write_down_what_a_service_has_anyway_makes_none_anew(deploy: Deploy) -> None:
    exposures = ClusterIP(), ClusterIP(ip_family_policy="PreferDualStack", ip_families=("IPv4", "IPv6"))

    before, after = (deploy(sites.program("web", service=each)).one("Service") for each in exposures)

    assert before.options.replacement_trigger == after.options.replacement_trigger


def test_a_namespace_may_still_be_awaited(deploy: Deploy) -> None:
    async def namespace() -> str:
        return "shop"

    def program() -> None:
        cluster = k8s.Provider("cluster", context="test")
        SecureNginx("web", sites.args(namespace=namespace()), pulumi.ResourceOptions(providers=[cluster]))

    found = {each.inputs["metadata"]["namespace"] for each in deploy(program).resources if "metadata" in each.inputs}
    assert found == {"shop"}
