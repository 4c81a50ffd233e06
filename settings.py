"""Read a stack's configuration into typed settings: the only reader of configuration."""

import difflib
import json
import os
import re
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import pulumi
from pulumi.runtime import config as pulumi_config

import clashes
import decoding
import guard_rails
import layers
from components import Problem, ProvidedCertificate, field_types, name_problems, raise_all
from secret_settings import DEFAULT_STACK, PROJECT, Secrets, is_kubeconfig_text, shown_at
from site_settings import SiteSettings
from stack_settings import StackSettings

DEFAULT_NAME = "my-nginx"
# For what is required and missing, so that the rest is looked at as well.
_STAND_INS = {"image": "registry.example/nginx:1.30.6", "namespace": "stand-in"}
_DISABLED = "pulumi:disable-default-providers"
# A field of two words and more, as arguments name it, in the text of a remedy; no part of an image's name, nor a value.
# A command between backticks stays as it is.
_FIELD_NAME = re.compile(r"`[^`]*`|(?<![\w/.:'-])([a-z]+(?:_[a-z]+)+)(?![\w/:@'-])")


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything the program depends on.

    Attributes:
        stack: What the stack has besides its sites.
        sites: The sites by name.
        single: Whether the configuration described one site by flat keys.
    """

    stack: StackSettings
    sites: Mapping[str, SiteSettings]
    single: bool


@dataclass(frozen=True, kw_only=True)
class _Entry:
    """What is configured of one site.

    Attributes:
        name: Its name.
        shared: What it has from all sites, by key.
        own: What it has for itself, which is to be an object.
        alone: Whether flat keys describe it, so that it shares nothing with others. Default False.
    """

    name: str
    shared: Mapping[str, object]
    own: object
    alone: bool = False

    @property
    def place(self) -> str:
        """Where its name stands."""
        return "name" if self.alone else f"sites.{self.name}"

    def has_own(self, path: str) -> bool:
        """Whether the value at `path` is the site's own, or would be if it is nowhere."""
        return layers.is_overridden(path.split("."), self.shared, self.own)

    def located(self, problem: Problem) -> Problem:
        """The problem under the site's own key, if that is where its value stands."""
        if problem.field != "namespace" and self.has_own(problem.field):
            return problem.under(self.place)
        return problem


def read() -> Settings:
    """The settings of the current stack.

    Raises:
        pulumi.RunError: The configuration is wrong; the message lists every problem.
    """
    raw = {**pulumi_config.get_config_env(), **pulumi_config.CONFIG.get()}
    try:
        return load(raw, frozenset(pulumi_config.get_config_secret_keys_env()), os.environ, pulumi.get_stack())
    except ValueError as error:
        raise pulumi.RunError(str(error)) from error


def load(
    raw: Mapping[str, str],
    secret_keys: frozenset[str] = frozenset(),
    variables: Mapping[str, str] | None = None,
    stack_name: str = DEFAULT_STACK,
) -> Settings:
    """Decode the configuration of a stack.

    Args:
        raw: Values by full key, as Pulumi passes them.
        secret_keys: Full keys whose values must not be shown.
        variables: The environment variables, for rules about the state and commands in remedies. Default none.
        stack_name: Name of the stack, for the commands in remedies. Default `dev`.

    Raises:
        ValueError: The configuration is wrong; the message lists every problem.
    """
    variables = variables or {}
    context = variables.get("KUBE_CONTEXT", "")
    secrets = Secrets(known=KEYS, keys=secret_keys, stack_name=stack_name, context=context)
    values = _known(raw)
    problems = [*_unheeded(raw), *secrets.not_kept(values)]
    stack = decoding.decode(StackSettings, {key: values[key] for key in _STACK_KEYS & values.keys()}, problems)
    environment = stack.environment if stack else "development"
    if stack is not None:
        problems.extend(map(_by_key, stack.problems()))
        surroundings = guard_rails.Surroundings(
            context=stack.context,
            pinned_context=stack.pinned_context,
            default_provider_disabled=_disables_kubernetes(raw.get(_DISABLED, "")),
            variables=variables,
        )
        problems.extend(map(_by_key, guard_rails.stack_problems(environment, surroundings)))
        if is_kubeconfig_text(stack.kubeconfig or ""):
            problems.extend(secrets.in_the_clear("kubeconfig"))
    sites, found = _sites(values, environment, secrets)
    problems.extend(found)
    shown = map(secrets.hidden, map(secrets.asked_for, problems))
    raise_all("configuration", {str(problem): problem for problem in shown}.values())
    if stack is None:
        raise AssertionError("decoding failed without a problem")
    return Settings(stack=stack, sites=sites, single=not values.get("sites"))


def _known(raw: Mapping[str, str]) -> dict[str, object]:
    """The values of the project's own keys, without what is not set."""
    values: dict[str, object] = {}
    for key, text in raw.items():
        bag, _, name = key.partition(":")
        if bag == PROJECT and name in KEYS:
            value = _value(name, text)
            # Pulumi.yaml gives every key a default, so that nothing is refused before all is read.
            if name not in _UNSET_IF_EMPTY or value not in ("", {}):
                values[name] = value
    return values


def _value(name: str, text: str) -> object:
    # A list or an object is no text; but a kubeconfig may be one of JSON.
    if name in _TEXT_KEYS:
        return text if name == "kubeconfig" else _opened(text)
    return _parsed(text)


def _unheeded(raw: Mapping[str, str]) -> Iterator[Problem]:
    """Yield each key that nothing reads, and that may be meant for this project."""
    for key, text in raw.items():
        bag, _, name = key.partition(":")
        remedy = _remedy(bag, name)
        if remedy:
            yield Problem(field=key, value=shown_at(name, _opened(text)), remedy=remedy)


def _remedy(bag: str, name: str) -> str:
    """What to do about a key that nothing reads; empty if something does, or somebody else may."""
    if bag == PROJECT:
        return "" if name in KEYS else decoding.unknown_key(name, KEYS)
    if bag == "kubernetes":
        return f"has no effect in this project; set {PROJECT}:{name}"
    # What is not close may be meant for a provider that somebody else uses with the same stack file.
    if difflib.get_close_matches(bag.lower(), [PROJECT], cutoff=0.8):
        return f"has no effect, as it is not of this project; did you mean {PROJECT}:{name}?"
    return ""


def _sites(
    values: Mapping[str, object], environment: guard_rails.Environment, secrets: Secrets
) -> tuple[dict[str, SiteSettings], list[Problem]]:
    """The sites by name, as far as they can be read, and every problem with them."""
    entries, problems = _entries(values)
    sites: dict[str, SiteSettings] = {}
    for entry in entries:
        problems.extend(replace(problem, field=entry.place) for problem in name_problems(entry.name))
        if not isinstance(entry.own, Mapping):
            problems.append(Problem(field=entry.place, value=entry.own, remedy="must be an object"))
            continue
        problems.extend(_stacks_own(entry.place, entry.own))
        own = {key: value for key, value in entry.own.items() if key != "namespace"}
        site, found = _site(entry, own, environment)
        sites[entry.name] = site
        problems.extend(replace(problem, field=entry.place) for problem in site.name_problems(entry.name))
        if isinstance(site.certificate, ProvidedCertificate):
            path = "certificate.privateKey"
            problems.extend(secrets.in_the_clear(f"{entry.place}.{path}" if entry.has_own(path) else path))
        problems.extend(map(entry.located, found))
    problems.extend(clashes.of_services(sites))
    return sites, problems


def _entries(values: Mapping[str, object]) -> tuple[list[_Entry], list[Problem]]:
    """What is configured of each site, and every problem with how they are called."""
    shared = {key: values[key] for key in _SITE_KEYS & values.keys()}
    named = values.get("sites")
    name = str(values.get("name", DEFAULT_NAME))
    if not named:
        return [_Entry(name=name, shared=shared, own={}, alone=True)], []
    if not isinstance(named, Mapping):
        remedy = "must be an object with one key for each site"
        return [], [Problem(field="sites", value=named, remedy=remedy)]
    problems = list(clashes.of_names(named.keys()))
    if name != DEFAULT_NAME:
        remedy = "has no effect beside sites, which have names of their own; take it out"
        problems.append(Problem(field="name", value=name, remedy=remedy))
    return [_Entry(name=each, shared=shared, own=own) for each, own in named.items()], problems


def _site(
    entry: _Entry, own: Mapping[str, object], environment: guard_rails.Environment
) -> tuple[SiteSettings, list[Problem]]:
    """The site, with another value where one is missing or wrong, and every problem with it."""
    merged = layers.merged(entry.shared, own)
    found: list[Problem] = []
    site = decoding.decode(SiteSettings, merged, found)
    if site is None:
        # What is missing hides nothing else.
        site = decoding.decode(SiteSettings, {**merged, **_STAND_INS}, [])
    if site is None:
        raise AssertionError("something is required that nothing stands for")
    # Where something could not be read stands a value that nobody chose.
    unread = {problem.field.partition(".")[0] for problem in found}
    said = map(_by_key, site.problems())
    rules = map(_by_key, guard_rails.problems(environment, site))
    found.extend(said if entry.alone else layers.own(said, entry.shared, own))
    found.extend(problem for problem in rules if problem.field.partition(".")[0] not in unread)
    return site, found


def _stacks_own(place: str, override: Mapping[str, object]) -> Iterator[Problem]:
    """Yield what a site cannot have for itself."""
    if "namespace" in override:
        remedy = "is that of all sites of a stack; take it out, and make a stack for each namespace"
        yield Problem(field=f"{place}.namespace", value=override["namespace"], remedy=remedy)


def _disables_kubernetes(providers: str) -> bool:
    """Whether the default providers that the engine is told to refuse have that of Kubernetes among them."""
    names = _parsed(providers)
    return isinstance(names, list) and any(str(name).strip() in ("kubernetes", "*") for name in names)


def _by_key(problem: Problem) -> Problem:
    """The problem of a field, as configuration names things; environment variables keep their names."""
    words = problem.field.split(".")
    return replace(
        problem,
        field=problem.field if problem.field.isupper() else ".".join(map(decoding.camel, words)),
        remedy=_FIELD_NAME.sub(lambda match: decoding.camel(match[1]) if match[1] else match[0], problem.remedy),
    )


def _parsed(text: str) -> object:
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text


def _opened(text: str) -> object:
    """A list or an object as such, so that what is in it can be told apart; else the text."""
    value = _parsed(text)
    return value if isinstance(value, Mapping | list) else text


def hints(*kinds: type) -> dict[str, object]:
    """The types of the keys that the fields of `kinds` make."""
    return {decoding.camel(name): hint for kind in kinds for name, hint in field_types(kind).items()}


_STACK_KEYS = frozenset(hints(StackSettings))
_SITE_KEYS = frozenset(hints(SiteSettings))
KEYS = _STACK_KEYS | _SITE_KEYS | {"name", "sites"}
_TEXT_KEYS = frozenset(key for key, hint in hints(StackSettings, SiteSettings).items() if decoding.is_text(hint)) | {
    "name"
}
_REQUIRED_KEYS = frozenset({"context", "namespace", "image"})
_UNSET_IF_EMPTY = _REQUIRED_KEYS | {
    key for key, hint in hints(StackSettings, SiteSettings).items() if type(None) in typing.get_args(hint)
}
