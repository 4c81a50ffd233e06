"""The files that ConfigMaps and Secrets bring into pods."""

from collections.abc import Iterator, Mapping

from policy.resource import Resource, decoded, mapping

_PLAIN: Mapping[str, str] = {"ConfigMap": "data", "Secret": "stringData"}
_ENCODED: Mapping[str, str] = {"ConfigMap": "binaryData", "Secret": "data"}
# Pages may speak of what no program does.
_PAGES = (".htm", ".html", ".md", ".txt")


def files(resource: Resource) -> Iterator[tuple[str, str]]:
    """Every file with the place where it is, as in `data.nginx.conf`."""
    if not resource.is_kubernetes or resource.kind not in _PLAIN:
        return
    plain, encoded = _PLAIN[resource.kind], _ENCODED[resource.kind]
    for name, text in mapping(resource.inputs.get(plain)).items():
        if isinstance(text, str):
            yield f"{plain}.{name}", text
    for name, text in mapping(resource.inputs.get(encoded)).items():
        yield f"{encoded}.{name}", decoded(text)


def programs(resource: Resource) -> Iterator[tuple[str, str]]:
    """Every file but pages: what a program may read or run."""
    return ((place, text) for place, text in files(resource) if not place.endswith(_PAGES))
