"""What the stacks' own files promise for each environment."""

from collections.abc import Mapping
from typing import Any

import pulumi
import pytest

import settings
from components import CertManagerCertificate, GeneratedCertificate, LoadBalancer, NodePort
from settings import Settings
from site_settings import SiteSettings
from tests.unit.harness import Deploy
from tests.unit.stacks import ROOT, run_program, stack_config

FILES: Mapping[str, dict[str, str]] = {
    name: stack_config(ROOT / f"Pulumi.{name}.yaml") for name in ("dev", "staging", "prod")
}


def read(name: str, **changes: str) -> Settings:
    return settings.load({**FILES[name], **{f"secure-nginx:{key}": value for key, value in changes.items()}})


def site(name: str) -> SiteSettings:
    (only,) = read(name).sites.values()
    return only


def test_dev_waits_for_the_proof_and_for_nobody_else() -> None:
    dev = site("dev")

    assert read("dev").stack.environment == "development"
    assert isinstance(dev.service, NodePort)
    assert isinstance(dev.certificate, GeneratedCertificate)
    assert dev.probe is not None
    assert dev.probe.job
    assert dev.probe.cron_job is None


def test_staging_rehearses_production() -> None:
    staging = site("staging")

    assert read("staging").stack.environment == "staging"
    assert isinstance(staging.service, LoadBalancer)
    assert not staging.service.allocate_node_ports
    assert staging.replicas >= 2
    assert staging.probe is not None
    assert staging.probe.job
    assert staging.probe.negative_checks
    assert staging.probe.cron_job is not None


def test_production_is_pinned_scaled_and_keeps_no_key(deploy: Deploy) -> None:
    prod = site("prod")

    assert read("prod").stack.environment == "production"
    assert isinstance(prod.service, LoadBalancer)
    assert prod.service.source_ranges
    assert not prod.service.allocate_node_ports
    assert prod.replicas >= 2
    assert prod.autoscaling is not None
    assert isinstance(prod.certificate, CertManagerCertificate)
    assert prod.probe is not None
    assert all("@sha256:" in image for image in (prod.image, prod.probe.image))
    deployed = deploy(run_program, FILES["prod"])
    assert deployed.one("PodDisruptionBudget")
    assert deployed.one("HorizontalPodAutoscaler").inputs["spec"]["minReplicas"] == prod.replicas
    assert not deployed.of("PrivateKey")
    assert not deployed.of("Secret")


@pytest.mark.parametrize("name", ["staging", "prod"])
def test_images_are_none_of_the_labs_and_have_a_digest(name: str) -> None:
    assert not site(name).image.startswith("localhost/")
    assert "@sha256:" in site(name).image


@pytest.mark.parametrize("name", ["staging", "prod"])
@pytest.mark.parametrize("change", [{"image": "nginx:1.30.1"}, {"nginx": '{"http": "serve"}'}, {"context": "other"}])
def test_the_rules_hold_for_the_stacks_own_files(name: str, change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="is not allowed in this environment"):
        read(name, **change)


def test_production_looks_at_the_environment_that_pulumi_runs_in(
    deploy: Deploy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PULUMI_BACKEND_URL", "http://state.example/")

    with pytest.raises(pulumi.RunError, match="PULUMI_BACKEND_URL: 'http://' is not allowed in this environment"):
        deploy(run_program, FILES["prod"])


def test_an_authority_that_clients_trust_is_protected_in_production(deploy: Deploy) -> None:
    certificate = '{"source": "generated", "protectCa": true}'

    deployed = deploy(run_program, FILES["prod"] | {"secure-nginx:certificate": certificate})

    protected = {each.name for each in deployed.resources if each.options.protect}
    assert "my-nginx-ca-1-key" in protected
    with pytest.raises(ValueError, match=r"certificate\.protectCa: False is not allowed"):
        read("prod", certificate='{"source": "generated"}')
