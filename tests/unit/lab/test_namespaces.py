"""A namespace that a stack made, and shall not own any more."""

from typing import Any

import pytest

from lab import namespaces
from lab.errors import LabError

OWN = {"type": "kubernetes:core/v1:Namespace", "id": "shop"}
STRANGERS = {"type": "kubernetes:core/v1:Namespace", "id": "kube-system", "external": True}
SECRET = {"type": "kubernetes:core/v1:Secret", "id": "shop/tls"}


def _require(setting: object, *resources: dict[str, Any]) -> None:
    namespaces.require_kept(
        "Pulumi.shop.yaml",
        {"secure-nginx:createNamespace": setting},
        lambda: {"deployment": {"resources": list(resources)}},
    )


@pytest.mark.parametrize("setting", [False, "false", "False"])
def test_a_namespace_of_the_stacks_own_is_not_disowned(setting: object) -> None:
    with pytest.raises(
        LabError, match=r"Pulumi.shop.yaml: .*createNamespace is false, but the namespace 'shop'"
    ) as found:
        _require(setting, SECRET, OWN)

    assert found.value.code == 2


def test_a_guest_in_the_namespace_of_somebody_else_goes_on() -> None:
    _require(False, STRANGERS, SECRET)


@pytest.mark.parametrize("settings", [{}, {"secure-nginx:createNamespace": True}])
def test_the_state_is_asked_for_only_where_it_matters(settings: dict[str, Any]) -> None:
    def state() -> dict[str, Any]:
        raise AssertionError("asked for")

    namespaces.require_kept("Pulumi.shop.yaml", settings, state)


def test_a_state_with_nothing_in_it_has_nothing_to_lose() -> None:
    namespaces.require_kept("Pulumi.shop.yaml", {"secure-nginx:createNamespace": False}, lambda: {"deployment": {}})
