"""Read Google-style docstrings: what a class says of itself and of its fields."""

import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import griffe

# "Default 80." or "Default: chosen there.", up to a full stop that ends a sentence.
_DEFAULT = re.compile(r"(?:^|(?<=\. ))Default:? (?P<text>.+?)\.(?: |$)")


@dataclass(frozen=True, kw_only=True)
class FieldText:
    """What a docstring says of one field.

    Attributes:
        meaning: The text without its default.
        default: The default in the text's own words. Default: it names none.
    """

    meaning: str
    default: str | None = None


@dataclass(frozen=True, kw_only=True)
class CallText:
    """What a docstring says of a call.

    Attributes:
        text: What it does.
        arguments: Meanings by name.
        errors: Conditions by the name of the error.
    """

    text: str
    arguments: Mapping[str, str]
    errors: Mapping[str, str]


def description(kind: type) -> str:
    """The text of a class's docstring, its fields left out, as Markdown."""
    return "\n\n".join(_texts(_sections(kind)))


def field_texts(kind: type) -> dict[str, FieldText]:
    """What the docstrings of a class and of the classes below it say of its fields."""
    found: dict[str, FieldText] = {}
    for each in reversed(kind.__mro__):
        for section in _sections(each):
            if section.kind is griffe.DocstringSectionKind.attributes:
                found.update({item.name: field_text(item.description) for item in section.value})
    return found


def field_text(text: str) -> FieldText:
    """Split a field's text into its meaning and its default."""
    line = " ".join(text.split())
    match = _DEFAULT.search(line)
    if match is None:
        return FieldText(meaning=line)
    meaning = line[: match.start()] + line[match.end() :]
    return FieldText(meaning=meaning.strip(), default=match["text"])


def call_text(call: Callable[..., object]) -> CallText:
    """What the docstring of a function says."""
    sections = _sections(call)
    arguments: dict[str, str] = {}
    errors: dict[str, str] = {}
    for section in sections:
        if section.kind is griffe.DocstringSectionKind.parameters:
            arguments.update({item.name: " ".join(item.description.split()) for item in section.value})
        elif section.kind is griffe.DocstringSectionKind.raises:
            errors.update({str(item.annotation): " ".join(item.description.split()) for item in section.value})
    return CallText(text="\n\n".join(_texts(sections)), arguments=arguments, errors=errors)


def summary(documented: object) -> str:
    """The first line of a docstring."""
    return (inspect.getdoc(documented) or "").partition("\n")[0]


def _sections(documented: object) -> list[griffe.DocstringSection]:
    # Not inspect.getdoc: a class without a docstring would say what the class below it says.
    text = inspect.cleandoc(documented.__doc__ or "")
    return griffe.Docstring(text).parse("google", warnings=False)


def _texts(sections: list[griffe.DocstringSection]) -> Iterator[str]:
    for section in sections:
        if section.kind is griffe.DocstringSectionKind.text:
            yield section.value
        elif section.kind is griffe.DocstringSectionKind.admonition:
            yield f"{section.title}:\n\n{section.value.contents}"
