"""The configuration files of stacks: read with plain words for what is wrong, and pointed at the lab."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from lab import topology
from lab.errors import LabError


def load(file: Path) -> dict[str, Any]:
    """Return the content of a stack's file.

    Raises:
        LabError: it is no YAML, or no stack's configuration; the text says where, and what to do.
    """
    try:
        content = yaml.safe_load(file.read_text()) or {}
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        what = getattr(error, "problem", None) or "it cannot be read"
        raise LabError(f"{file.name}{where}: this is no YAML ({what}); mend it there", code=2) from error
    if not isinstance(content, dict) or not isinstance(content.get("config") or {}, dict):
        raise LabError(f"{file.name}: must be keys and values below `config:`, as in Pulumi.dev.yaml", code=2)
    return content


def names(folder: Path) -> list[str]:
    """Return the names of the stacks that a folder has files of."""
    return sorted(file.name.split(".")[1] for file in folder.glob("Pulumi.*.yaml"))


def keep_secrets(old: dict[str, Any], new: dict[str, Any]) -> None:
    """Take over what `pulumi config set --secret` has put into the copy of a configuration, and nothing else."""
    for key, value in old.items():
        if isinstance(value, dict) and set(value) == {"secure"}:
            new.setdefault(key, value)
        elif isinstance(value, dict):
            inner = new.get(key, {})
            if isinstance(inner, dict):
                keep_secrets(value, inner)
                if inner:
                    new[key] = inner


def point_at_lab(settings: dict[str, Any]) -> None:
    """Say what only the lab knows: the addresses of its nodes, and where the machine reaches what is in it."""
    for service in _services(settings):
        if service.get("type") == "NodePort":
            service.setdefault("nodeAddresses", [node.address for node in topology.NODES])
    addresses = [*(node.address for node in topology.NODES), *topology.LOAD_BALANCERS]
    settings["secure-nginx:outsideAddresses"] = {each: topology.on_loopback(each) for each in addresses}


def _services(settings: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield what is said of Services, for all sites and for single ones; what is no object, the program refuses."""
    sites = settings.get("secure-nginx:sites")
    places = [settings.get("secure-nginx:service")]
    if isinstance(sites, dict):
        places += [site.get("service") for site in sites.values() if isinstance(site, dict)]
    yield from (place for place in places if isinstance(place, dict))
