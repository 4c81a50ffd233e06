"""Filling in and looking up."""

from typing import Any

import pytest

from scenarios.values import at, filled

FACTS = {"namespace": "shop", "podIps": ["10.90.0.1", "10.90.0.2"]}
OBJECT = {
    "type": "Opaque",
    "data": {"nginx.crt": "MII"},
    "spec": {"ports": [{"name": "https", "port": 443}, {"port": 80}], "empty": None},
    "labels": {"example.com/owner": "me"},
}


@pytest.mark.parametrize(
    ("value", "result"),
    [
        ("a.${namespace}.svc", "a.shop.svc"),
        ("${podIps}", ["10.90.0.1", "10.90.0.2"]),
        ({"a": ["${namespace}", 1, None, True]}, {"a": ["shop", 1, None, True]}),
        ("${namespace}-${namespace}", "shop-shop"),
        (("ends$", "$1", "$namespace", "${not a name}"), ["ends$", "$1", "$namespace", "${not a name}"]),
        ("", ""),
    ],
)
def test_facts_are_filled_in(value: Any, result: Any) -> None:
    assert filled(value, FACTS) == result


@pytest.mark.parametrize("value", ["${nobody}", "a ${nobody}", "${namespace}-${nobody}"])
def test_an_unknown_fact_is_a_mistake(value: str) -> None:
    with pytest.raises(KeyError, match="nobody"):
        filled(value, FACTS)


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("type", "Opaque"),
        ("data/nginx.crt", "MII"),
        ("spec/ports/https/port", 443),
        ("spec/ports/1/port", 80),
        ("spec/ports/2/port", None),
        ("spec/ports/http/port", None),
        ("spec/empty/more", None),
        ("type/more", None),
        ("labels/example.com/owner", "me"),
        ("nothing", None),
    ],
)
def test_a_path_leads_through_keys_numbers_and_names(path: str, found: Any) -> None:
    assert at(OBJECT, path) == found
