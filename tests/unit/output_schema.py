"""The published schema of a stack's outputs, and what does not keep to it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

FILE = Path(__file__).parents[2] / "docs" / "outputs.schema.json"
SCHEMA: dict[str, Any] = json.loads(FILE.read_text())


def violations(outputs: Mapping[str, Any]) -> list[str]:
    """What is wrong with outputs, a line for each, by its place."""
    kind = "sites" if "sites" in outputs else "site"
    # The branch of the schema that is meant: `oneOf` alone would only say that none fits.
    chosen = {"$ref": f"#/$defs/{kind}", "$defs": SCHEMA["$defs"]}
    return [
        f"{error.json_path}: {error.message}" for error in Draft202012Validator(chosen).iter_errors(json_form(outputs))
    ]


def json_form(outputs: Mapping[str, Any]) -> Any:
    """The outputs as Pulumi prints them."""
    return json.loads(json.dumps(outputs))
