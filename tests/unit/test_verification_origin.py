"""The probe asks this site's own pods, wherever its Service leads."""

from collections.abc import Callable
from typing import Any

import pytest

from components import ExistingSecret, ExternalName, SelectorLess
from tests.unit.harness import Deployed
from tests.unit.test_verification import FQDN, Plan

Deploy = Callable[..., Deployed]


@pytest.mark.parametrize(
    ("service", "own"),
    [
        (ExternalName(external_name="cdn.example.com"), True),
        (ExternalName(), False),
        (SelectorLess(endpoints=("192.0.2.1",)), True),
        (SelectorLess(), False),
    ],
    ids=["alias", "own-alias", "listed", "unlisted"],
)
def test_where_the_service_leads_to_others_its_own_pods_are_asked_as_well(
    deploy: Deploy, service: Any, own: bool
) -> None:
    hosts = Plan(deploy, service=service).hosts()

    assert hosts.get("origin") == ((FQDN, "web-origin") if own else None)


def test_its_own_pods_are_asked_for_a_name_that_the_certificate_has(deploy: Deploy) -> None:
    certificate = ExistingSecret(secret_name="web", ca_config_map="ca")
    service = ExternalName(external_name="cdn.example.com")

    hosts = Plan(deploy, service=service, certificate=certificate, host_names=("www.example.com",)).hosts()

    assert hosts["origin"] == ("www.example.com", "web-origin")
