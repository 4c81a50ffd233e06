"""What a scenario is, and how its file is read.

A file in `cases/` is a stack configuration, `config`, as Pulumi's own files have it, and beside it what must hold
once it is deployed. `then` lists what changes next, and what must hold then.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeVar

import decoding
import layers
from components import Problem, raise_all
from lab import stack_config

CASES = Path(__file__).parent / "cases"
COMMON = Path(__file__).parent / "common.yaml"
SITE = "my-nginx"
"""The site that expectations are about."""
WELCOME = "Welcome to nginx!"

Tree = Mapping[str, Any]
"""A part of a YAML file that is not this package's to understand."""


@dataclass(frozen=True, kw_only=True)
class Saying:
    """A command in the client's pod, and what it must print.

    Attributes:
        run: The command.
        says: Regular expression that occurs in what it prints.
    """

    run: str
    says: str


@dataclass(frozen=True, kw_only=True)
class Fetch:
    """The page, fetched from outside of the cluster; HTTPS trusts the site's authority and no other.

    Attributes:
        way: Through the port of every node, through the load balancer, through the external addresses, or, the
            nearest to outside that a virtual address is reached from, from every node through the Service's.
        scheme: `https` or `http`. Default `https`.
    """

    way: Literal["node-ports", "load-balancer", "external-ips", "cluster-ip"]
    scheme: Literal["https", "http"] = "https"


@dataclass(frozen=True, kw_only=True)
class Expectation:
    """What must hold of the site `my-nginx` after an update; what is not given is not looked at.

    Values are regular expressions for the whole text. Paths are steps with a slash between them: keys, numbers or
    names of list items.

    Attributes:
        verdict: The probe's verdict on this site; it is `verified` on others. Default `verified`.
        outputs: Path in the outputs to value.
        objects: Kind, or kind and name with a slash between, to path in the object to value. A kind alone is the
            only object of it in the namespace.
        pods: Number of pods that are ready; 0 stands for none at all.
        nodes: Number of nodes that these are spread over evenly.
        variables: Name of an environment variable to its value in every pod.
        no_variables: Environment variables that no pod has.
        page: Text that the page has. Default: the welcome page's heading.
        every_pod: Whether the client asks every pod for the page, by the pod's own address. Default False.
        client: Commands in the client's pod.
        outside: Ways by which the page is fetched from outside of the cluster.
        kept: What is still the same object as before the update: `service`, `pods`, `cluster-ip`.
        renewed: What is not.
    """

    verdict: Literal["verified", "not run"] = "verified"
    outputs: Mapping[str, str] = field(default_factory=dict)
    objects: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    pods: int | None = None
    nodes: int | None = None
    variables: Mapping[str, str] = field(default_factory=dict)
    no_variables: tuple[str, ...] = ()
    page: str = WELCOME
    every_pod: bool = False
    client: tuple[Saying, ...] = ()
    outside: tuple[Fetch, ...] = ()
    kept: tuple[Literal["service", "pods", "cluster-ip"], ...] = ()
    renewed: tuple[Literal["service", "pods", "cluster-ip"], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Step:
    """One update and what must hold after it.

    Attributes:
        config: The stack's configuration, whole.
        files: Files in the folder that all nodes share, by name.
        given: Objects that somebody else makes before the update.
        balancer: Host name that somebody else's load balancer puts into the Service's status during the update.
        again: Whether everything is destroyed before the update.
        expect: What must hold.
    """

    config: Tree
    files: Mapping[str, str] = field(default_factory=dict)
    given: Sequence[Tree] = ()
    balancer: str | None = None
    again: bool = False
    expect: Expectation = field(default_factory=Expectation)


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """One case of the tutorials.

    Attributes:
        name: Name of the file, the stack and, with `scenario-` before it, the namespace.
        title: What it shows, in a line.
        steps: One after another.
    """

    name: str
    title: str
    steps: tuple[Step, ...]

    @property
    def namespace(self) -> str:
        """The namespace of everything in it."""
        return f"scenario-{self.name}"


@dataclass(frozen=True, kw_only=True)
class _Written:
    """A step as its file has it, but for the parts that are not this package's to understand."""

    files: Mapping[str, str] = field(default_factory=dict)
    balancer: str | None = None
    again: bool = False
    expect: Expectation = field(default_factory=Expectation)


_Container = TypeVar("_Container", dict[str, Any], list[Any])
_REMEDIES: Mapping[type, str] = {dict: "must be an object with keys and values", list: "must be a list"}


def load(folder: Path = CASES, common: Path = COMMON) -> list[Scenario]:
    """Read every scenario.

    Raises:
        LabError: A file is no YAML, or no stack's configuration.
        ValueError: Something else is wrong; the message names every mistake of a file.
    """
    below = stack_config.load(common)["config"]
    return [_scenario(file, below) for file in sorted(folder.glob("*.yaml"))]


def chosen(scenarios: Iterable[Scenario], names: Sequence[str]) -> list[Scenario]:
    """The scenarios with these names; all if there are none.

    Raises:
        ValueError: There is no scenario of a name; the message has the nearest one.
    """
    by_name = {scenario.name: scenario for scenario in scenarios}
    for name in names:
        if name not in by_name:
            raise ValueError(f"scenario {name!r} {decoding.unknown_key(name, by_name).replace('key', 'name')}")
    return [by_name[name] for name in names or by_name]


def _scenario(file: Path, config: Tree) -> Scenario:
    content = stack_config.load(file)
    title = content.pop("title", None)
    problems: list[Problem] = []
    if not isinstance(title, str):
        problems.append(Problem(field="title", value=title, remedy="is required; say what it shows"))
    later = _container(list, "then", content.pop("then", []), problems)
    steps = []
    for number, written in enumerate([content, *later]):
        found: list[Problem] = []
        step = _step(written, config, found)
        config = step.config
        problems.extend(problem.under(f"then.{number - 1}") if number else problem for problem in found)
        steps.append(step)
    raise_all(f"scenario {file.stem}", problems)
    return Scenario(name=file.stem, title=str(title), steps=tuple(steps))


def _step(written: object, before: Tree, problems: list[Problem]) -> Step:
    """The step that is written, its configuration laid over that of the step before."""
    content = dict(_container(dict, "", written, problems))
    config = _container(dict, "config", content.pop("config", {}), problems)
    given = _container(list, "given", content.pop("given", []), problems)
    decoded = decoding.decode(_Written, content, problems) or _Written()
    return Step(config=layers.merged(before, config), given=given, **vars(decoded))


def _container(kind: type[_Container], key: str, value: object, problems: list[Problem]) -> _Container:
    """The value if it is of that kind, or else an empty one and a problem."""
    if isinstance(value, kind):
        return value
    problems.append(Problem(field=key, value=value, remedy=_REMEDIES[kind]))
    return kind()
