"""JSON schemas for kubeconform, from what the lab's own API server says of its kinds."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.e2e import driver, site_cert_manager

TEMPLATE = "{{ .Group }}-{{ .ResourceAPIVersion }}-{{ .ResourceKind }}.json"
_DEFINITIONS = "definitions.json"
_KINDS = "x-kubernetes-group-version-kind"
_KEPT = {"enum", "maximum", "maxItems", "maxLength", "minimum", "minItems", "minLength", "required", "type"}
_ANY_OBJECT = {"type": "object", "additionalProperties": True}


def write(folder: Path) -> str:
    """Write the schemas of the lab's kinds and of cert-manager's; return where kubeconform finds them."""
    definitions = json.loads(driver.kubectl("get", "--raw", "/openapi/v2"))["definitions"]
    named = {name: _strict(schema) for name, schema in definitions.items()}
    (folder / _DEFINITIONS).write_text(json.dumps({"definitions": named}))
    for name, schema in definitions.items():
        for kind in schema.get(_KINDS, []):
            _write(folder, kind, {"$ref": f"{_DEFINITIONS}#/definitions/{name}"})
    for kind, schema in _defined_by_cert_manager():
        _write(folder, kind, _strict(schema))
    return str(folder / TEMPLATE)


def _defined_by_cert_manager() -> Iterator[tuple[Mapping[str, str], Any]]:
    for definition in site_cert_manager.kinds():
        spec = definition["spec"]
        for version in spec["versions"]:
            schema = version["schema"]["openAPIV3Schema"]
            schema["properties"]["metadata"] = _ANY_OBJECT
            yield {"group": spec["group"], "version": version["name"], "kind": spec["names"]["kind"]}, schema


def _write(folder: Path, kind: Mapping[str, str], schema: object) -> None:
    # kubeconform takes what is before the slash of `apiVersion` for the group, and so `v1` for the core's.
    group = kind["group"] or kind["version"]
    (folder / f"{group}-{kind['version']}-{kind['kind'].lower()}.json").write_text(json.dumps(schema))


def _strict(schema: Any) -> Any:
    """A schema that refuses fields that it does not know, and admits what Kubernetes does beyond JSON schema."""
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return {"$ref": f"{_DEFINITIONS}{schema['$ref']}"}
    if schema.get("format") == "int-or-string" or schema.get("x-kubernetes-int-or-string"):
        return {"type": ["integer", "string"]}
    result = {key: schema[key] for key in _KEPT & schema.keys()}
    for key in ("items", "additionalProperties"):
        if key in schema:
            result[key] = _strict(schema[key])
    if "properties" in schema:
        result["properties"] = {name: _strict(each) for name, each in schema["properties"].items()}
        result.setdefault("additionalProperties", bool(schema.get("x-kubernetes-preserve-unknown-fields")))
    return result
