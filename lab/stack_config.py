"""The configuration files of stacks: read with plain words for what is wrong, and pointed at the lab."""

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from lab import paths, topology
from lab.errors import LabError

PROJECT_FILE = "Pulumi.yaml"
_PROJECT = "secure-nginx"
_SITES = "secure-nginx:sites"
_CERTIFICATE = "secure-nginx:certificate"
# Where the program keeps a secret one. What other projects and providers read is none of its business.
_KEPT_SECRET = re.compile(
    rf"(?!{_PROJECT}:)|{_PROJECT}:kubeconfig$|(?:{_PROJECT}:|{_SITES}\.[^.]+\.)certificate\.privateKey$"
)


class _Loader(yaml.SafeLoader):
    """Reads what Pulumi reads: of a key that is written twice, the library would drop the first without a word."""

    def compose_mapping_node(self, anchor: dict[Any, yaml.Node]) -> yaml.MappingNode:
        node = super().compose_mapping_node(anchor)
        lines: dict[str, int] = {}
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode):
                if key.value in lines:
                    what = f"`{key.value}` is a key already, in line {lines[key.value]}; take one of them out"
                    raise yaml.MarkedYAMLError(problem=what, problem_mark=key.start_mark)
                lines[key.value] = key.start_mark.line + 1
        return node

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep)
        except ValueError as error:
            # What looks like a date or a number, and is none.
            what = f"{error}; what is meant as text needs quotes"
            raise yaml.MarkedYAMLError(problem=what, problem_mark=node.start_mark) from error


def load(file: Path) -> dict[str, Any]:
    """Return the content of a stack's file, its keys in full, or that of the project's file.

    Raises:
        LabError: it is no YAML, has a key twice, or is no stack's configuration; the text says where, and what to do.
    """
    try:
        content = _Loader(file.read_text()).get_single_data() or {}
    except UnicodeDecodeError as error:
        raise LabError(f"{file.name}: this is no text in UTF-8 ({error.reason}); write it so", code=2) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        what = getattr(error, "problem", None) or "it cannot be read"
        raise LabError(f"{file.name}{where}: this is no YAML ({what}); mend it there", code=2) from error
    if not isinstance(content, dict) or not isinstance(content.get("config") or {}, dict):
        raise LabError(f"{file.name}: must be keys and values below `config:`, as in Pulumi.dev.yaml", code=2)
    if file.name != PROJECT_FILE and content.get("config"):
        content["config"] = _by_full_key(content["config"], file)
    return content


def settings_in(file: Path) -> dict[str, Any]:
    """Return what a stack's file sets, its keys in full; nothing if it sets nothing.

    Raises:
        LabError: As of `load`.
    """
    return load(file).get("config") or {}


def _by_full_key(config: Mapping[object, Any], file: Path) -> dict[str, Any]:
    """The same configuration with each key as Pulumi reads it, so that nothing is looked for in vain."""
    written: dict[str, object] = {}
    for key in config:
        full = _full_key(str(key))
        if full in written:
            raise LabError(
                f"{file.name}: `{written[full]}` and `{key}` are one key, and Pulumi would take either; "
                "take one of them out",
                code=2,
            )
        written[full] = key
    return {full: config[key] for full, key in written.items()}


def _full_key(key: str) -> str:
    """A key with the project's name, which Pulumi adds where none is, and without the module, which it takes away."""
    package, _, name = key.rpartition(":")
    return f"{package.removesuffix(':config') or _PROJECT}:{name}"


def project() -> str:
    """Return the name of the project."""
    return str(load(paths.REPOSITORY / PROJECT_FILE)["name"])


def project_default(key: str) -> object:
    """Return what a key is in the stacks that do not say; None if the project does not say so either."""
    declared: Mapping[str, Any] = load(paths.REPOSITORY / PROJECT_FILE).get("config") or {}
    return declared.get(key, {}).get("default")


def names(folder: Path) -> list[str]:
    """Return the names of the stacks that a folder has files of."""
    return sorted(file.name.removeprefix("Pulumi.").removesuffix(".yaml") for file in folder.glob("Pulumi.*.yaml"))


def secret_keys(config: Mapping[str, Any]) -> Iterator[str]:
    """Yield the places of a configuration's secrets, as `pulumi config set --path` takes them."""
    for key, value in config.items():
        yield from _secret_places(key, value)


def _secret_places(place: str, value: object) -> Iterator[str]:
    if _is_secret(value):
        yield place
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from _secret_places(f"{place}.{key}", each)
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _secret_places(f"{place}[{index}]", each)


def require_secrets_in_place(config: Mapping[str, Any], make: Callable[[str], str]) -> None:
    """Refuse secrets where the program makes plain text of them, and private keys that are plain text.

    The program itself is told by Pulumi only which top-level keys hold a secret: one in its place excuses the others.

    Args:
        config: A stack's configuration, as Pulumi reads it.
        make: Makes of arguments of pulumi the command that a person types.

    Raises:
        LabError: There are such; the text names all.
    """
    wrong = [
        f"{place}: '[secret]' is a secret that state, previews and comments would show in plain text; take it out "
        f"(such as by {make(f'config rm --path {place}')}), and write it into the stack's file in plain text, or "
        "keep what is secret elsewhere, as in a Secret of the cluster"
        for place in secret_keys(config)
        if not _KEPT_SECRET.match(place)
    ]
    for place in _open_keys(config):
        command = make(f"config set --secret --path {place}")
        wrong.append(f"{place}: '[plain text]' must be a secret; take it out and run: {command} < FILE")
    if wrong:
        raise LabError("\n  - ".join([f"configuration: {len(wrong)} problem(s)", *wrong]), code=2)


def _open_keys(config: Mapping[str, Any]) -> Iterator[str]:
    """Yield the place of each private key that is there and no secret; what is empty, the program asks for."""
    sites = config.get(_SITES)
    named = sites.items() if isinstance(sites, dict) else ()
    places = {f"{_SITES}.{name}.certificate": site.get("certificate") for name, site in named if isinstance(site, dict)}
    for place, certificate in {_CERTIFICATE: config.get(_CERTIFICATE), **places}.items():
        key = certificate.get("privateKey") if isinstance(certificate, dict) else None
        if key and not _is_secret(key):
            yield f"{place}.privateKey"


def keep_secrets(old: Mapping[str, Any], new: dict[str, Any]) -> None:
    """Take over what `pulumi config set --secret` has put into the copy of a configuration, and nothing else."""
    sites, named = old.get(_SITES), new.get(_SITES)
    if isinstance(sites, dict):
        # A secret of a site that was taken out would bring the site back.
        old = {**old, _SITES: {name: site for name, site in sites.items() if isinstance(named, dict) and name in named}}
    _take_over_secrets(old, new)


def _take_over_secrets(old: Mapping[str, Any], new: dict[str, Any]) -> None:
    for key, value in old.items():
        if _is_secret(value):
            new.setdefault(key, value)
        elif isinstance(value, dict):
            inner = new.get(key, {})
            if isinstance(inner, dict):
                _take_over_secrets(value, inner)
                if inner:
                    new[key] = inner


def _is_secret(value: object) -> bool:
    # With something else than text, it is an object that happens to have such a key: a site of this name.
    return isinstance(value, dict) and set(value) == {"secure"} and isinstance(value["secure"], str)


def point_at_lab(settings: dict[str, Any]) -> None:
    """Say what only the lab knows: the addresses of its nodes, and where the machine reaches what is in it."""
    for service in _services(settings):
        if service.get("type") == "NodePort":
            service.setdefault("nodeAddresses", [node.address for node in topology.NODES])
    addresses = [*(node.address for node in topology.NODES), *topology.LOAD_BALANCERS]
    settings["secure-nginx:outsideAddresses"] = {each: topology.on_loopback(each) for each in addresses}


def _services(settings: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield what is said of Services, for all sites and for single ones; what is no object, the program refuses."""
    sites = settings.get(_SITES)
    places = [settings.get("secure-nginx:service")]
    if isinstance(sites, dict):
        places += [site.get("service") for site in sites.values() if isinstance(site, dict)]
    yield from (place for place in places if isinstance(place, dict))
