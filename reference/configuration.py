"""docs/configuration.md: every key of a stack file, from the schema and from the settings that it is read into."""

import dataclasses
import re
import typing
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

import decoding
import settings
from components import field_types
from reference import docstrings, markdown, types
from reference.docstrings import FieldText
from reference.markdown import code, link
from site_settings import SiteSettings
from stack_settings import StackSettings

PROJECT_FILE = Path(__file__).parents[1] / "Pulumi.yaml"
_WORDS: Mapping[type, str] = {str: "text", dict: "object"}
HEADS = ("key", "type", "default", "meaning")
INTRODUCTION = """\
# Configuration

Every key of `Pulumi.<stack>.yaml`, made by `make docs` from `Pulumi.yaml` and from the classes that the keys are read
into.

- A key of the first two tables is written with the project's name before it: `secure-nginx:replicas`. Keys inside an
  object stand alone.
- Whatever has a default may be left out. `context`, `namespace` and `image` have none.
- A value that is wrong stops the preview before anything is touched. All mistakes are shown at once, each with its key,
  its value and the remedy; a key that does not exist is one of them.
- `certificate.privateKey` is [kept as a secret](operations.md#a-key-of-your-own), and no message shows it.
- `environment` says which [rules](environments.md#rules) hold.

```yaml
config:
  secure-nginx:context: my-cluster
  secure-nginx:namespace: shop
  secure-nginx:image: nginxinc/nginx-unprivileged:1.30
  secure-nginx:service:
    type: LoadBalancer
    sourceRanges: [10.0.0.0/8]
```"""
# A field of two words and more, as the program names it.
_FIELD_NAME = re.compile(r"\b[a-z]+(?:_[a-z]+)+\b")


def page() -> str:
    """The whole page."""
    schema = yaml.safe_load(PROJECT_FILE.read_text())["config"]
    stack = field_types(StackSettings)
    site = field_types(SiteSettings)
    rest = {key: value for key, value in schema.items() if key not in settings.hints(*_KINDS)}
    shared = {name: hint for name, hint in site.items() if name not in stack}
    return markdown.page(
        INTRODUCTION,
        "## The stack",
        _top_table(StackSettings, stack),
        _schema_table(rest),
        "## A site",
        "Where a stack has several sites, all of them start from these, and each key of a site overrides them.",
        _top_table(SiteSettings, shared),
        *_records(shared, ""),
    )


def _top_table(kind: type, hints: Mapping[str, Any]) -> str:
    texts = docstrings.field_texts(kind)
    fields = {each.name: each for each in dataclasses.fields(kind)}
    rows = []
    for name, hint in hints.items():
        rows.append(_row(name, name, hint, _default(fields[name], texts[name]), texts[name]))
    return markdown.table(HEADS, rows)


def _schema_table(schema: Mapping[str, Any]) -> str:
    """The keys that no class has: they decide which sites there are."""
    rows = [
        (code(key), _WORDS[type(each["default"])], _shown(each["default"]) or "none", each["description"])
        for key, each in schema.items()
    ]
    return markdown.table(HEADS, rows)


def _records(hints: Mapping[str, Any], parent: str) -> Iterator[str]:
    """A chapter for every object below, each followed by those inside it."""
    for name, hint in hints.items():
        path = f"{parent}.{decoding.camel(name)}" if parent else decoding.camel(name)
        kinds = types.records(hint)
        if len(kinds) > 1:
            choices = [link(kind.kind, f"{path}: {kind.kind}") for kind in kinds]
            yield f"## {path}"
            yield f"The key `{kinds[0].tag}` says which kind: {', '.join(choices)}. Default: {choices[0]}."
        for kind in kinds:
            yield f"### {path}: {kind.kind}" if len(kinds) > 1 else f"## {path}"
            yield _renamed(docstrings.description(kind))
            yield markdown.table(HEADS, _record_rows(kind, path))
        for kind in kinds:
            yield from _records(field_types(kind), path)


def _record_rows(kind: type, path: str) -> Iterator[tuple[str, ...]]:
    texts = docstrings.field_texts(kind)
    hints = field_types(kind)
    for each in dataclasses.fields(typing.cast(Any, kind)):
        yield _row(
            each.name, f"{path}.{each.name}", hints[each.name], _default(each, texts[each.name]), texts[each.name]
        )


def _row(name: str, path: str, hint: Any, default: str, text: FieldText) -> tuple[str, str, str, str]:
    words = types.in_words(hint)
    heading = ".".join(decoding.camel(part) for part in path.split("."))
    shown = link(words, heading) if types.records(hint) else words
    return code(decoding.camel(name)), shown, _renamed(default), _renamed(text.meaning)


def _default(field: "dataclasses.Field[Any]", text: FieldText) -> str:
    """The default as it is in the code, in the docstring's words where a value would say less."""
    value = field.default
    if field.default_factory is not dataclasses.MISSING:
        value = field.default_factory()
    if value is dataclasses.MISSING:
        return "required"
    if dataclasses.is_dataclass(value):
        return text.default or "its own defaults"
    shown = _shown(value)
    if not shown or isinstance(value, Mapping):
        return text.default or "none"
    remark = (text.default or "").partition(", ")[2]
    return f"{shown}, {remark}" if remark else shown


def _shown(value: object) -> str:
    """A value as YAML writes it; empty for one that means: not set."""
    if value is None or value in ("", (), {}):
        return ""
    return code(types.as_yaml(value))


def _renamed(text: str) -> str:
    """`text` with the fields named as a stack file names them."""
    return _FIELD_NAME.sub(lambda match: decoding.camel(match[0]), text)


_KINDS = (StackSettings, SiteSettings)
