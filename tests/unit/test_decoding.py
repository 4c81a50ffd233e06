"""Decoding plain values into dataclasses."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal

import pulumi
import pytest

import decoding
from components import Problem, field_types

NO_TEXT = "is not a known key; put it in quotes if it is meant as text"


@dataclass(frozen=True, kw_only=True)
class Circle:
    tag: ClassVar[str] = "shape"
    kind: ClassVar[str] = "circle"
    radius: int = 1


@dataclass(frozen=True, kw_only=True)
class Square:
    tag: ClassVar[str] = "shape"
    kind: ClassVar[str] = "square"
    side_length: int


@dataclass(frozen=True, kw_only=True)
class Drawing:
    title: pulumi.Input[str]
    figure: Circle | Square = field(default_factory=Circle)
    only_circle: Circle = field(default_factory=Circle)
    colour: Literal["red", "blue"] = "red"
    is_public: bool = False
    sizes: tuple[int, ...] = ()
    notes: Mapping[str, str] = field(default_factory=dict)
    author: str | None = None


def decode(value: object) -> tuple[Drawing | None, list[str]]:
    problems: list[Problem] = []
    return decoding.decode(Drawing, value, problems), [str(problem) for problem in problems]


@pytest.mark.parametrize(
    ("value", "drawing"),
    [
        ({"title": "a"}, Drawing(title="a")),
        (
            {"title": "a", "figure": {"shape": "square", "sideLength": 2}},
            Drawing(title="a", figure=Square(side_length=2)),
        ),
        ({"title": "a", "figure": {"radius": 3}}, Drawing(title="a", figure=Circle(radius=3))),
        (
            {"title": "a", "onlyCircle": {"shape": "circle", "radius": 3}},
            Drawing(title="a", only_circle=Circle(radius=3)),
        ),
        (
            {
                "title": "a",
                "colour": "blue",
                "isPublic": True,
                "sizes": [1, 2],
                "notes": {"b": ""},
            },
            Drawing(title="a", colour="blue", is_public=True, sizes=(1, 2), notes={"b": ""}),
        ),
        ({"title": "a", "author": None}, Drawing(title="a")),
        ({"title": "a", "author": "b"}, Drawing(title="a", author="b")),
    ],
)
def test_right_values_are_decoded(value: object, drawing: Drawing) -> None:
    assert decode(value) == (drawing, [])


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"title": 1}, "title: 1 must be text; put it in quotes"),
        ({"title": True}, "title: True must be text; put it in quotes"),
        ({"title": 1.5}, "title: 1.5 must be text; put it in quotes"),
        ({"title": []}, "title: [] must be text"),
        ({"colour": False}, "colour: False must be one of: red, blue; put it in quotes"),
        ({"isPublic": "yes"}, "isPublic: 'yes' must be true or false"),
        ({"isPublic": 1}, "isPublic: 1 must be true or false"),
        ({"colour": "green"}, "colour: 'green' must be one of: red, blue"),
        ({"colour": ["red"]}, "colour: ['red'] must be one of: red, blue"),
        ({"sizes": 1}, "sizes: 1 must be a list"),
        ({"sizes": [1, "2"]}, "sizes.1: '2' must be a whole number"),
        ({"sizes": [True]}, "sizes.0: True must be a whole number"),
        ({"sizes": [1.5]}, "sizes.0: 1.5 must be a whole number"),
        ({"notes": []}, "notes: [] must be an object with keys and values"),
        ({"notes": {"a": "", "b.example/c": 1}}, "notes.b.example/c: 1 must be text; put it in quotes"),
        ({"figure": "circle"}, "figure: 'circle' must be an object with keys and values"),
        ({"figure": {"shape": "line"}}, "figure.shape: 'line' must be one of: circle, square"),
        ({"figure": {"shape": []}}, "figure.shape: [] must be one of: circle, square"),
        ({"figure": {"shape": "square"}}, "figure.sideLength: (not set) is required; set it"),
        (
            {"figure": {"sideLength": 1}},
            "figure.sideLength: 1 goes with shape square; set shape, which is circle here",
        ),
        ({"figure": {"raduis": 1}}, "figure.raduis: 1 is not a known key; did you mean 'radius'?"),
        ({"is_public": True}, "is_public: True is not a known key; did you mean 'isPublic'?"),
        (
            {"kube_config": "b"},
            "kube_config: '[not shown]' is not a known key; use one of: author, colour, figure, "
            "isPublic, notes, onlyCircle, sizes, title",
        ),
        ({"Title": "b"}, "Title: 'b' is not a known key; did you mean 'title'?"),
        ({True: "b"}, f"True: 'b' {NO_TEXT}"),
        ({5: 6}, f"5: 6 {NO_TEXT}"),
        ({None: {False: 1}}, f"None: {{'False': 1}} {NO_TEXT}"),
        ({"figure": {1.5: 1}}, f"figure.1.5: 1 {NO_TEXT}"),
        ({"onlyCircle": {"shape": "circle", True: 1}}, f"onlyCircle.True: 1 {NO_TEXT}"),
        ({"notes": {5: "b"}}, f"notes.5: 'b' {NO_TEXT}"),
        ({"sizes": [{True: 1}]}, "sizes.0: {'True': 1} must be a whole number"),
        ({"author": {"a": [{True: 1}]}}, "author: {'a': [{'True': 1}]} must be text"),
    ],
)
def test_wrong_values_are_named(change: dict[str, object], problem: str) -> None:
    _, problems = decode({"title": "a", **change})

    assert problems == [problem]


def test_a_wrong_value_does_not_hide_the_next() -> None:
    drawing, problems = decode({"isPublic": 1, "sizes": 2, "zzz": 3})

    assert drawing is None
    assert [problem.split(":")[0] for problem in problems] == [
        "zzz", "title", "isPublic", "sizes",
    ]  # fmt: skip


def test_a_wrong_item_does_not_hide_the_next() -> None:
    _, problems = decode({"title": "a", "sizes": ["1", 2, "3"], "notes": {"a": 1, "b": 2}})

    assert [problem.split(":")[0] for problem in problems] == ["sizes.0", "sizes.2", "notes.a", "notes.b"]


def test_what_could_not_be_decoded_keeps_its_default() -> None:
    drawing, _ = decode({"title": "a", "sizes": 2})

    assert drawing == Drawing(title="a")


def test_something_else_than_an_object_is_refused() -> None:
    assert decode([]) == (None, [": [] must be an object with keys and values"])


@pytest.mark.parametrize(
    ("hint", "text"),
    [(str, True), (int, False), (Literal["a"], True), (Literal[1], False), (str | None, True),
     (field_types(Drawing)["title"], True), (tuple[str, ...], False)],
)  # fmt: skip
def test_types_of_text_are_known(hint: object, text: bool) -> None:
    assert decoding.is_text(hint) is text
