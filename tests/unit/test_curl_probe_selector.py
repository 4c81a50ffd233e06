"""A site's selector must not select pods of a probe, whatever labels they have."""

import dataclasses

import pytest

from components import site_pod_labels
from components.curl_probe import CurlProbe, CurlProbeArgs, ShellMode
from tests.unit.harness import Deploy
from tests.unit.probes import all_modes, args, declare

PART_OF = "app.kubernetes.io/part-of"
SHOP = {PART_OF: "shop"}


def pod_labels(deploy: Deploy, given: CurlProbeArgs, kind: str) -> dict[str, str]:
    labels: dict[str, str] = declare(deploy, given).one(kind).inputs["spec"]["template"]["metadata"]["labels"]
    return labels


@pytest.mark.parametrize("kind", ["Job", "Deployment"])
def test_every_label_that_a_pod_has_is_compared(kind: str, deploy: Deploy) -> None:
    given = all_modes(labels={"team": "a"})

    for key, value in pod_labels(deploy, given, kind).items():
        selector = {key: value}
        with pytest.raises(ValueError, match="selects the probe's pods") as error:
            CurlProbe("web-probe", dataclasses.replace(given, site_selector=selector))
        assert f"site_selector: {selector!r} " in str(error.value)


def test_what_a_site_is_part_of_is_compared_as_the_pods_have_it(deploy: Deploy) -> None:
    with pytest.raises(ValueError, match="selects the probe's pods"):
        CurlProbe("web-probe", args(site_selector={PART_OF: "secure-nginx"}))
    with pytest.raises(ValueError, match="selects the probe's pods"):
        CurlProbe("web-probe", args(labels=SHOP, site_selector=SHOP))

    deployed = declare(deploy, args(labels=SHOP, shell=ShellMode(), site_selector={PART_OF: "secure-nginx"}))

    assert len(deployed.of("Job")) == 1


def test_a_site_of_the_same_name_does_not_select_the_probe(deploy: Deploy) -> None:
    deployed = declare(deploy, all_modes(site_selector=site_pod_labels("web-probe")))

    assert len(deployed.of("Job")) == 1
