"""How scenarios are read, and that those of this project are right."""

import json
from pathlib import Path
from typing import Any

import pytest

import settings
from lab.errors import LabError
from scenarios import model
from scenarios.model import Expectation, Fetch, Scenario
from scenarios.values import filled

REAL = model.load()
FACTS = {"folder": "/shared", "podIps": ["10.90.1.2"]}


def load(folder: Path, *texts: str) -> list[Scenario]:
    cases = folder / "cases"
    cases.mkdir()
    for number, text in enumerate(texts):
        (cases / f"case-{number}.yaml").write_text(text)
    common = folder / "common.yaml"
    common.write_text("config: {secure-nginx:replicas: 2, secure-nginx:service: {type: NodePort, httpPort: 80}}")
    return model.load(cases, common)


@pytest.mark.parametrize("scenario", REAL, ids=lambda scenario: scenario.name)
def test_no_case_compares_with_what_was_not_there(scenario: Scenario) -> None:
    first, *later = (step.expect for step in scenario.steps)

    assert (first.kept, first.renewed) == ((), ())
    for before, after in zip(scenario.steps, later, strict=False):
        assert before.expect.pods != 0 or "pods" not in {*after.kept, *after.renewed}


def test_a_step_lies_over_the_one_before_it(tmp_path: Path) -> None:
    (scenario,) = load(
        tmp_path,
        """
        title: A title
        config: {secure-nginx:service: {httpPort: 8080}}
        given: [{kind: Namespace}]
        expect: {pods: 2, noVariables: [A], outside: [{way: node-ports}]}
        then:
          - config: {secure-nginx:replicas: 0}
            expect: {verdict: not run}
          - config: {secure-nginx:service: {type: LoadBalancer}}
            again: true
        """,
    )

    assert (scenario.name, scenario.namespace, scenario.title) == ("case-0", "scenario-case-0", "A title")
    first, second, third = scenario.steps
    assert first.config == {"secure-nginx:replicas": 2, "secure-nginx:service": {"type": "NodePort", "httpPort": 8080}}
    assert first.expect == Expectation(pods=2, no_variables=("A",), outside=(Fetch(way="node-ports"),))
    assert (first.given, second.given) == ([{"kind": "Namespace"}], [])
    assert (second.config["secure-nginx:replicas"], second.expect.verdict, second.again) == (0, "not run", False)
    assert (third.config["secure-nginx:service"], third.again) == ({"type": "LoadBalancer"}, True)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("config: {}", "title: (not set) is required"),
        ("", "title: (not set) is required"),
        ("{title: a, config: }", "config: (not set) must be an object with keys and values"),
        ("{title: a, given: {kind: Namespace}}", "given: {'kind': 'Namespace'} must be a list"),
        ("{title: a, then: {config: {}}}", "then: {'config': {}} must be a list"),
        ("{title: a, then: [{}, []]}", "then.1: [] must be an object with keys and values"),
        ("{title: a, then: [{config: [1]}]}", "then.0.config: [1] must be an object with keys and values"),
        ("{title: a, expects: {}}", "expects: {} is not a known key; did you mean 'expect'?"),
        ("{title: a, on: x}", "True: 'x' is not a known key; put it in quotes if it is meant as text"),
        ("{title: a, then: [{expect: {5: 6}}]}", "then.0.expect.5: 6 is not a known key; put it in quotes if it is"),
        ("{title: a, expect: {variables: {off: x}}}", "expect.variables.False: 'x' is not a known key; put it in"),
        ("{title: a, expect: {pods: two}}", "expect.pods: 'two' must be a whole number"),
        ("{title: a, then: [{}, {expect: {kept: [page]}}]}", "then.1.expect.kept.0: 'page' must be one of"),
    ],
)
def test_a_mistake_is_named_with_its_file(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match="scenario case-0: 1 problem") as caught:
        load(tmp_path, text)

    assert complaint in str(caught.value)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[title]", "case-0.yaml: must be keys and values"),
        ("{title: a, config: [1]}", "case-0.yaml: must be keys and values below `config:`"),
        ("title: a\nbalancer: b\ntitle: c", "case-0.yaml, line 3, column 1: .*`title` is a key already, in line 1"),
    ],
)
def test_what_is_no_stacks_file_is_no_scenarios_either(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(LabError, match=complaint):
        load(tmp_path, text)


def test_every_mistake_of_a_file_is_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="scenario case-0: 5 problem"):
        load(tmp_path, "{config: , then: [1, {config: [], again: 7}]}")


def test_a_step_that_is_written_once_may_be_taken_twice(tmp_path: Path) -> None:
    (scenario,) = load(tmp_path, "{title: a, then: [&one {config: {secure-nginx:replicas: 0}}, {}, *one]}")

    assert [step.config["secure-nginx:replicas"] for step in scenario.steps] == [2, 0, 0, 0]


def test_scenarios_are_chosen_by_name() -> None:
    names = [scenario.name for scenario in REAL]

    assert model.chosen(REAL, []) == REAL
    assert [scenario.name for scenario in model.chosen(REAL, names[3:1:-1])] == names[3:1:-1]
    with pytest.raises(ValueError, match=r"scenario 'headles' is not a known name; did you mean 'headless'\?"):
        model.chosen(REAL, ["headles"])


@pytest.mark.parametrize("scenario", REAL, ids=lambda scenario: scenario.name)
def test_every_configuration_is_one_that_the_program_takes(scenario: Scenario) -> None:
    for step in scenario.steps:
        config: dict[str, Any] = filled(step.config, {"namespace": scenario.namespace, **FACTS})

        loaded = settings.load(
            {key: value if isinstance(value, str) else json.dumps(value) for key, value in config.items()}
        )

        assert loaded.stack.namespace == scenario.namespace
        assert "my-nginx" in loaded.sites
        assert config["pulumi:disable-default-providers"] == ["kubernetes"]


@pytest.mark.parametrize("scenario", REAL, ids=lambda scenario: scenario.name)
def test_every_scenario_can_fail_by_more_than_its_probe(scenario: Scenario) -> None:
    assert any(step.expect != Expectation() for step in scenario.steps)


def test_no_two_scenarios_want_the_same_port_or_address() -> None:
    fixed = [
        str(value)
        for scenario in REAL
        for key, value in scenario.steps[0].config.get("secure-nginx:service", {}).items()
        if key.endswith(("NodePort", "Ip"))
    ]

    assert len(set(fixed)) == len(fixed) >= 5
