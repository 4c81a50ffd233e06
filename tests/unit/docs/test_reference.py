"""The reference documents are what the code says, and hold everything that is public."""

import dataclasses
import typing
from pathlib import Path
from typing import Any

import pytest
import yaml

import components
import decoding
from reference import __main__ as command
from reference import class_members, configuration, documents, types
from reference import components as component_reference
from site_settings import SiteSettings

ROOT = Path(__file__).parents[3]
PUBLIC = sorted(components.__all__)
RECORDS = [name for name in PUBLIC if dataclasses.is_dataclass(getattr(components, name))]


@pytest.fixture(name="pages", scope="module")
def _pages() -> dict[str, str]:
    return {name: text() for name, text in documents.DOCUMENTS.items()}


@pytest.fixture(name="component_page")
def _component_page(pages: dict[str, str]) -> str:
    return pages["components.md"]


@pytest.fixture(name="configuration_page")
def _configuration_page(pages: dict[str, str]) -> str:
    return pages["configuration.md"]


def chapter(page: str, heading: str) -> str:
    """The text below one heading, up to the next one."""
    lines = page.splitlines()
    start = next(index for index, line in enumerate(lines) if line.lstrip("#").strip() == heading)
    end = next((index for index, line in enumerate(lines) if index > start and line.startswith("#")), len(lines))
    return "\n".join(lines[start:end])


@pytest.mark.parametrize("name", list(documents.DOCUMENTS))
def test_a_document_is_not_stale(name: str, pages: dict[str, str]) -> None:
    assert (documents.FOLDER / name).read_text() == pages[name], "run `make docs`"


def test_the_command_writes_them_all(tmp_path: Path, pages: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "FOLDER", tmp_path)

    command.main([])

    assert {file.name: file.read_text() for file in tmp_path.iterdir()} == pages


@pytest.mark.parametrize("name", PUBLIC)
def test_everything_that_is_exported_has_a_place(name: str, component_page: str) -> None:
    assert (
        f"\n## {name}\n" in component_page or f"\n### {name}\n" in component_page or f"| `{name}` |" in component_page
    )


@pytest.mark.parametrize("name", RECORDS)
def test_every_argument_has_a_row(name: str, component_page: str) -> None:
    text = chapter(component_page, name)

    for field in dataclasses.fields(getattr(components, name)):
        assert f"\n| `{field.name}` |" in text


@pytest.mark.parametrize("name", ["SecureNginx", "CurlProbe"])
def test_every_output_has_a_row(name: str, component_page: str) -> None:
    text = chapter(component_page, name)

    for output in getattr(components, name).__annotations__:
        assert f"\n| `{output}` |" in text


def test_a_new_kind_of_public_name_needs_a_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(components, "__all__", [*PUBLIC, "unheard_of"])
    monkeypatch.setattr(components, "unheard_of", "a text", raising=False)

    with pytest.raises(ValueError, match="has no place for unheard_of"):
        component_reference.page()


def test_every_key_of_the_schema_has_a_row(configuration_page: str) -> None:
    tables = chapter(configuration_page, "The stack") + chapter(configuration_page, "A site")

    for key in yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["config"]:
        assert tables.count(f"\n| `{key}` |") == 1


def test_every_key_inside_an_object_has_a_row(configuration_page: str) -> None:
    for heading, kind in nested(SiteSettings, ""):
        text = chapter(configuration_page, heading)
        for field in dataclasses.fields(kind):
            assert f"\n| `{decoding.camel(field.name)}` |" in text


def nested(kind: Any, path: str) -> list[tuple[str, Any]]:
    """Every class of an object in a stack file, by the heading that it must have."""
    found = []
    for name, hint in components.field_types(kind).items():
        inner = f"{path}.{decoding.camel(name)}".lstrip(".")
        kinds = [each for each in (hint, *parts(hint)) if dataclasses.is_dataclass(each)]
        for each in kinds:
            heading = f"{inner}: {getattr(each, 'kind')}" if len(kinds) > 1 else inner  # noqa: B009
            found += [(heading, each), *nested(each, inner)]
    return found


def parts(hint: Any) -> list[Any]:
    inner = [each for each in typing.get_args(hint) if each is not Ellipsis]
    return [*inner, *(each for part in inner for each in parts(part))]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ('| `http` | `"off"`, `redirect`, `serve` | `redirect` |', "YAML takes off for false"),
        ('| `tlsMinimum` | `"1.2"`, `"1.3"` | `"1.2"` |', "YAML takes 1.2 for a number"),
        ("| `validityHours` | whole number | `2160`, 90 days |", "the remark on a default stays"),
        ("| `tolerations` | [list of objects](#schedulingtolerations) | none |", "lists of objects are linked"),
        ("| `context` | text | required |", "what has no default is required"),
        ("| `pods` | list of (object: text by text) | none |", "what is inside a list is said"),
    ],
)
def test_keys_are_shown_as_a_stack_file_has_them(row: str, why: str, configuration_page: str) -> None:
    assert row in configuration_page, why


def test_keys_are_named_as_a_stack_file_names_them(configuration_page: str) -> None:
    assert not configuration._FIELD_NAME.search(configuration_page.partition("## The stack")[2])


def test_a_type_without_words_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="mixes types"):
        types.in_words(int | str)


def test_types_that_are_not_exported_are_written_out(component_page: str) -> None:
    assert "`pulumi.Output[Literal['verified', 'failed', 'pending', 'not run']]`" in component_page
    assert "`pulumi.Output[{'https': int \\| None, 'http': int \\| None}]`" in component_page


def test_members_are_all_that_a_class_offers() -> None:
    found = [method.name for method in class_members.methods(components.Access)]

    assert found == ["open"]
