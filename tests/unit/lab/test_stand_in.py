"""The plugin that deploys a base to be compared with: its state is one that the real plugin goes on from."""

import base64
from typing import Any

import pytest

from lab import stand_in
from tests.unit.harness import SECRET, SECRET_KEY


def _secret(value: Any) -> dict[str, Any]:
    return {SECRET_KEY: SECRET, "value": value}


def test_the_state_has_the_inputs_that_the_real_plugin_compares_with() -> None:
    inputs = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "namespace": "b"}, "data": {"c": "d"}}

    outputs = stand_in.outputs(inputs)

    assert outputs == {
        **inputs, "__inputs": inputs, "__initialApiVersion": "v1", "__fieldManager": "pulumi-kubernetes",
    }  # fmt: skip


def test_what_a_cluster_adds_is_not_among_the_inputs() -> None:
    service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "a"}, "spec": {"ports": [{"port": 443}]}}

    outputs = stand_in.outputs(service)

    assert outputs["spec"]["clusterIP"]
    assert outputs["__inputs"] == service


@pytest.mark.parametrize(
    "texts",
    [_secret({"a": "new", "b": "hush"}), {"a": _secret("new"), "b": "hush"}],
    ids=["secret as a whole", "each on its own"],
)
def test_the_texts_of_a_secret_are_its_data(texts: dict[str, Any]) -> None:
    inputs = {"kind": "Secret", "data": _secret({"a": "b2xk", "c": "Yw=="}), "stringData": texts}

    checked = stand_in.normalized(inputs)

    data = {"a": base64.b64encode(b"new").decode(), "b": base64.b64encode(b"hush").decode(), "c": "Yw=="}
    assert checked == {"kind": "Secret", "data": _secret(data)}


@pytest.mark.parametrize(
    ("text", "shortest"),
    [
        ("50m", "50m"), ("0.05", "50m"), ("1000m", "1"), ("1.5", "1500m"), ("2", "2"), ("0", "0"), ("2000k", "2M"),
        ("64Mi", "64Mi"), ("1024Mi", "1Gi"), ("0.5Gi", "512Mi"), ("1.1Ki", "1126400m"), ("0.1Ki", "102400m"),
        ("1e3", "1e3"),
    ],
)  # fmt: skip
def test_a_quantity_is_written_as_the_cluster_writes_it(text: str, shortest: str) -> None:
    resources = {"limits": {"memory": text}}

    written = stand_in.normalized({"kind": "Pod", "spec": {"containers": [{"resources": resources}]}})

    assert written["spec"]["containers"] == [{"resources": {"limits": {"memory": shortest}}}]
