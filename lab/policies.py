"""The policy pack, as Pulumi is given it."""

from collections.abc import Mapping
from typing import Any

from lab import check, paths, stack_config

_PACK = paths.REPOSITORY / "policy"
_RUNS_EXECUTABLES = (3, 255)
"""The first engine that starts a policy pack's program itself; older ones leave that to their language host."""


def options(settings: Mapping[str, Any]) -> list[str]:
    """Return the options with which Pulumi holds a stack to the rules.

    Args:
        settings: what is below `config:` in the stack's file, by full key.
    """
    return [f"--policy-pack={_pack()}", *([] if are_binding(settings) else [f"--policy-pack-config={_advice()}"])]


def are_binding(settings: Mapping[str, Any]) -> bool:
    """Tell whether a broken rule stops the stack; in development it is only mentioned."""
    environment: object = settings.get("secure-nginx:environment", stack_config.project_default("environment"))
    return environment != "development"


def _pack() -> str:
    """The pack's program, which needs no language host: the lab's own one cannot run policy packs."""
    version = check.pulumi_on_path()
    if version is None or tuple(int(part) for part in version.split(".")[:2]) >= _RUNS_EXECUTABLES:
        return str(_PACK / "__main__.py")
    return str(_PACK)


def _advice() -> str:
    return str(_PACK / "advisory.json")
