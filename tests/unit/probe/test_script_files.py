"""The script's files, and the component that keeps them for several probes."""

import pulumi
import pytest

from components._probe import script_files
from components.probe_script import ProbeScript, ProbeScriptArgs
from tests.unit.harness import Deploy


def test_the_script_needs_no_other_file() -> None:
    files = script_files.script()
    assert set(files) == set(script_files.SCRIPT_FILES)
    assert files["unrelated.crt"].count("-----BEGIN ") == 1
    for name in script_files.SCRIPT_FILES[1:-1]:
        assert f'. "$here/{name}"' in files["probe.sh"]


def test_a_shared_script_is_one_config_map_that_cannot_be_changed(deploy: Deploy) -> None:
    deployed = deploy(lambda: ProbeScript("probe-script", ProbeScriptArgs(namespace="shop")))

    made = deployed.one("ConfigMap")
    assert made.parent == "probe-script"
    assert made.inputs["metadata"]["namespace"] == "shop"
    assert "name" not in made.inputs["metadata"], "Pulumi names it, so it can be replaced"
    assert made.inputs["metadata"]["annotations"] == {"pulumi.com/patchForce": "true"}
    assert made.inputs["immutable"] is True
    assert made.inputs["data"] == script_files.script()
    assert deployed.registered["probe-script"] == {"config_map": "probe-script-0a1b2c3d"}


def test_a_wrong_name_or_namespace_is_refused() -> None:
    with pytest.raises(ValueError, match="ProbeScript 'A B': 2 problem") as error:
        ProbeScript("A B", ProbeScriptArgs(namespace="C D"))
    assert "- name: 'A B' must be" in str(error.value)
    assert "- namespace: 'C D' must be" in str(error.value)


def test_a_namespace_that_is_not_known_yet_is_not_checked(deploy: Deploy) -> None:
    args = ProbeScriptArgs(namespace=pulumi.Output.from_input("shop"))

    deployed = deploy(lambda: ProbeScript("probe-script", args))

    assert deployed.one("ConfigMap").inputs["metadata"]["namespace"] == "shop"
