"""Docstrings and Markdown, read and written."""

import pytest

from reference import docstrings, markdown, types
from reference.docstrings import FieldText


@pytest.mark.parametrize(
    ("text", "meaning", "default"),
    [
        ("How long. Default 80.", "How long.", "80"),
        ("Default 500m. One worker for each core.", "One worker for each core.", "500m"),
        ("A fixed address.\n  Default: chosen there.", "A fixed address.", "chosen there"),
        ("Default 1.2.", "", "1.2"),
        ("Version 1.25.1 at least. Default 1.27.4, or newer.", "Version 1.25.1 at least.", "1.27.4, or newer"),
        ("Default, and where it is None: any.", "Default, and where it is None: any.", None),
        ("No word of it.", "No word of it.", None),
    ],
)
def test_a_field_s_default_is_told_from_its_meaning(text: str, meaning: str, default: str | None) -> None:
    assert docstrings.field_text(text) == FieldText(meaning=meaning, default=default)


class Below:
    """What is below.

    Attributes:
        one: The first.
        two: The second.
    """


class Above(Below):
    """What is above.

    Creates:
        - a thing

    More of it.

    Attributes:
        two: The second, otherwise.
    """


class Bare(Below):
    pass


def test_fields_of_the_classes_below_are_known() -> None:
    texts = docstrings.field_texts(Above)

    assert [(name, text.meaning) for name, text in texts.items()] == [
        ("one", "The first."),
        ("two", "The second, otherwise."),
    ]


def test_a_class_is_described_without_its_fields() -> None:
    assert docstrings.description(Above) == "What is above.\n\nCreates:\n\n- a thing\n\nMore of it."


def test_a_class_without_a_docstring_borrows_none() -> None:
    assert docstrings.description(Bare) == ""


def call(one: int) -> None:
    """Do it.

    Args:
        one: The first,
            on two lines.

    Raises:
        ValueError: It cannot be done.
    """


def test_a_call_is_read_whole() -> None:
    text = docstrings.call_text(call)

    assert (text.text, text.arguments, text.errors) == (
        "Do it.",
        {"one": "The first, on two lines."},
        {"ValueError": "It cannot be done."},
    )


def test_cells_stay_in_their_table() -> None:
    assert markdown.table(("a",), [("x | y\nz",)]) == "| a |\n| --- |\n| x \\| y z |"


def test_a_table_without_rows_is_nothing() -> None:
    assert markdown.table(("a",), []) == ""


def test_anchors_are_those_of_the_site() -> None:
    assert markdown.anchor("service: NodePort") == "service-nodeport"
    assert markdown.anchor("probe.cronJob") == "probecronjob"


@pytest.mark.parametrize(
    ("value", "written"),
    [("on", '"on"'), ("1.2", '"1.2"'), ("plain", "plain"), ((1, 2), "[1, 2]"), (True, "true"), ("*/5", '"*/5"')],
)
def test_values_are_written_as_yaml_reads_them(value: object, written: str) -> None:
    assert types.as_yaml(value) == written
