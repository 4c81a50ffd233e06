"""Whom a probe trusts, where that is known only later."""

import pulumi
import pytest

from components import CurlProbe, Target
from tests.unit.harness import Deploy, Deployed
from tests.unit.probes import args


def with_unknown_authority(deploy: Deploy, target: Target) -> Deployed:
    """A probe whose authority turns out to be none."""
    return deploy(lambda: CurlProbe("web-probe", args(targets=(target,), ca_config_map=pulumi.Output.from_input(None))))


def test_a_probe_of_public_sites_looks_at_no_name_of_an_authority(deploy: Deploy) -> None:
    job = with_unknown_authority(deploy, Target(name="site", host="example.com", trust="public")).one("Job")

    assert [each["name"] for each in job.inputs["spec"]["template"]["spec"]["volumes"]] == ["probe", "tmp"]


def test_an_authority_that_turns_out_to_be_missing_is_named(deploy: Deploy) -> None:
    with pytest.raises(ValueError, match="a probe's authority: 1 problem") as error:
        with_unknown_authority(deploy, Target(name="site", host="example.com"))
    assert "ca_config_map: (not set) must be set for site; or set their trust to public" in str(error.value)
