"""The project's own stacks, and the real program to deploy them with."""

import functools
import gc
import json
import runpy
from collections.abc import Mapping
from pathlib import Path

import yaml

from tests.unit.harness import CLUSTER_UID

ROOT = Path(__file__).parents[2]
# The project's own. Whoever adds a stack need not review it here, and may keep in it what only a passphrase opens.
STACKS = [ROOT / f"Pulumi.{name}.yaml" for name in ("dev", "prod", "staging")]


def stack_config(path: Path) -> dict[str, str]:
    """A stack's configuration as the engine hands it over: defaults of the project included.

    Where the stack is for one cluster alone, that is the imitated one.
    """
    own = yaml.safe_load(path.read_text())["config"]
    return with_defaults({key: CLUSTER_UID if key.endswith(":clusterUid") else value for key, value in own.items()})


def with_defaults(own: Mapping[str, object]) -> dict[str, str]:
    """The configuration that a stack gets if its file says `own`."""
    return {key: _as_text(value) for key, value in {**_defaults(), **own}.items()}


@functools.cache
def _defaults() -> Mapping[str, object]:
    project = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())
    return {
        f"{project['name']}:{key}": schema["default"]
        for key, schema in project["config"].items()
        if "default" in schema
    }


def _as_text(value: object) -> str:
    """A configuration value as the engine writes it."""
    return value if isinstance(value, str) else json.dumps(value)


def run_program() -> None:
    """Run `__main__.py` as Pulumi does."""
    try:
        runpy.run_path(str(ROOT / "__main__.py"), run_name="__main__")
    finally:
        gc.enable()
