"""A namespace that a stack made, and that its settings disown or rename."""

from typing import Any

import pytest

from lab import namespaces
from lab.errors import LabError

URN = "urn:pulumi:shop::secure-nginx::kubernetes:core/v1:Namespace::"
OWN = {"urn": f"{URN}namespace", "type": "kubernetes:core/v1:Namespace", "id": "shop"}
STRANGERS = {"urn": f"{URN}cluster-identity", "type": OWN["type"], "id": "kube-system", "external": True}
SECRET = {
    "urn": "urn:pulumi:shop::secure-nginx::kubernetes:core/v1:Secret::tls",
    "type": "kubernetes:core/v1:Secret",
    "id": "shop/tls",
}


def _require(setting: object, *resources: dict[str, Any], name: object = "shop") -> None:
    namespaces.require_kept(
        "Pulumi.shop.yaml",
        {"secure-nginx:createNamespace": setting, "secure-nginx:namespace": name},
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


@pytest.mark.parametrize("setting", [None, True])
def test_a_namespace_of_the_stacks_own_gets_no_other_name(setting: object) -> None:
    with pytest.raises(
        LabError,
        match=r"^Pulumi.shop.yaml: secure-nginx:namespace is 'store', but the namespace 'shop' is .* would delete it, "
        r"and the cluster everything in it, .* Leave it 'shop', .*; or `make destroy`",
    ) as found:
        _require(setting, SECRET, OWN, name="store")

    assert found.value.code == 2


@pytest.mark.parametrize("name", ["shop", 1])
def test_the_name_that_it_has_is_right_however_yaml_reads_it(name: object) -> None:
    _require(True, STRANGERS, SECRET, {**OWN, "id": str(name)}, name=name)


def test_an_older_one_that_is_on_its_way_out_was_given_up_before() -> None:
    _require(True, {**OWN, "id": "old", "delete": True}, OWN)


@pytest.mark.parametrize("settings", [{}, {"secure-nginx:createNamespace": True}])
def test_the_state_is_asked_for_only_where_it_matters(settings: dict[str, Any]) -> None:
    def state() -> dict[str, Any]:
        raise AssertionError("asked for")

    namespaces.require_kept("Pulumi.shop.yaml", settings, state)


def test_a_state_with_nothing_in_it_has_nothing_to_lose() -> None:
    namespaces.require_kept("Pulumi.shop.yaml", {"secure-nginx:createNamespace": False}, lambda: {"deployment": {}})
