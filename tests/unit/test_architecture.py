"""Rules of the code itself: who may import what, what nobody may do, how long files may be."""

import ast
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pulumi
import pulumi_random as random
import pytest

import components
from tests.unit.harness import Deploy

ROOT = Path(__file__).parents[2]
COMPONENTS = sorted((ROOT / "components").rglob("*.py"))
PROGRAM = sorted(ROOT.glob("*.py"))
TESTS = sorted((ROOT / "tests" / "unit").rglob("*.py"))
REPORT = sorted((ROOT / "report").rglob("*.py"))
HARDENING = sorted((ROOT / "hardening").rglob("*.py"))
# What `make status` needs of the report: it imports nothing that takes its time.
QUICK = [
    ROOT / "report" / f"{stem}.py"
    for stem in ("attention", "certificates", "facts", "listing", "objects", "probe_log", "state", "survey", "words")
] + sorted((ROOT / "previews" / "redaction").glob("*.py"))
FOLDERS = (
    "bench", "components", "docs", "hardening", "lab", "policy", "previews", "reference", "report", "scenarios",
    "tests",
)  # fmt: skip
# What programs run and people type, in documents and tests as well.
COMMANDS = sorted(
    path
    for path in [*ROOT.iterdir(), *(path for folder in FOLDERS for path in (ROOT / folder).rglob("*"))]
    if path.suffix in {".go", ".j2", ".md", ".mk", ".py", ".sh", ".yaml"} or path.name == "Makefile"
)
INSECURE = re.compile(r"--(proxy-)?insecure\b|insecure.?skip", re.IGNORECASE)
# curl's short switches without a value may stand together, and one with a value may come after them.
SHORT_INSECURE = re.compile(
    r"""(?:^|(?<=[\s"'(\[,]))-[#0-46afgGiIjJlLMnNOpqRsSvZk]*k\w?(?=$|[\s"'),;\]|&])""", re.MULTILINE
)
READERS_OF_CONFIGURATION = {"settings.py", "sdk_costs.py"}
# These know nothing of Pulumi, so that they can be tested and reused as plain Python.
PLAIN = [
    ROOT / "curl_line.py",
    ROOT / "guard_rails.py",
    ROOT / "layers.py",
    ROOT / "nginx_encryption.py",
    ROOT / "state_encryption.py",
    *(
        ROOT / "components" / f"{stem}.py"
        for stem in (
            "_certificate_facts", "_checks", "_names", "_nginx_conf", "_nginx_syntax", "_pem", "_pod_contract",
            "_problems", "access", "content", "exposure", "nginx_options", "resources", "scheduling",
        )
    ),
]  # fmt: skip


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imports(path: Path) -> Iterator[str]:
    """The modules that a file imports, relative ones with their dots."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")


def imported_names(path: Path) -> set[str]:
    """Everything that a file imports, with its module in front of it."""
    found = set[str]()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def attributes(path: Path) -> set[str]:
    """Every name that a file uses after a dot or by import."""
    used = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Attribute):
            used.add(node.attr)
        elif isinstance(node, ast.ImportFrom):
            used |= {alias.name for alias in node.names}
    return used


def skips_verification(text: str) -> bool:
    """Whether curl, or a client like it, is told in a text not to verify whom it speaks to."""
    return bool(INSECURE.search(text) or ("curl" in text and SHORT_INSECURE.search(text)))


@pytest.mark.parametrize("path", [*PROGRAM, *COMPONENTS, *REPORT, *HARDENING, *TESTS], ids=name)
def test_files_stay_short(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 300


def test_the_program_fits_on_a_screen() -> None:
    assert len((ROOT / "__main__.py").read_text().splitlines()) <= 60


@pytest.mark.parametrize("path", COMPONENTS, ids=name)
def test_components_know_nothing_of_the_program(path: Path) -> None:
    program = {each.stem for each in PROGRAM}

    assert not program & set(imports(path))


@pytest.mark.parametrize("path", PROGRAM, ids=name)
def test_the_program_uses_only_what_components_offer(path: Path) -> None:
    offered = {f"components.{each}" for each in components.__all__}

    assert {each for each in imported_names(path) if each.partition(".")[0] == "components"} <= offered


@pytest.mark.parametrize("path", REPORT, ids=name)
def test_a_report_is_given_its_facts(path: Path) -> None:
    """The lab asks engine and cluster; what it is told goes one way, through pure functions onto the page."""
    asking = {"bench", "lab", "os", "pulumi", "scenarios", "socket", "subprocess", "tests", "urllib"}

    assert not asking & {module.partition(".")[0] for module in imports(path)}


@pytest.mark.parametrize("path", QUICK, ids=name)
def test_what_status_needs_imports_no_library(path: Path) -> None:
    redaction = {".", *(f".{each.stem}" for each in (ROOT / "previews" / "redaction").glob("*.py"))}
    own = {"report", "previews.redaction", *(f"report.{each.stem}" for each in QUICK), *redaction}

    assert {module for module in imports(path) if module.partition(".")[0] not in sys.stdlib_module_names} <= own
    assert not {"checks", "environments", "graph", "page", "picture", "timeline"} & attributes(path)


@pytest.mark.parametrize("path", HARDENING, ids=name)
def test_rules_of_scanners_know_manifests_alone(path: Path) -> None:
    assert {module.partition(".")[0] for module in imports(path)} <= sys.stdlib_module_names | {"hardening"}


@pytest.mark.parametrize("path", [*COMPONENTS, *PROGRAM], ids=name)
def test_what_is_deployed_knows_nothing_of_reports(path: Path) -> None:
    assert not {"hardening", "lab", "policy", "report"} & {module.partition(".")[0] for module in imports(path)}


@pytest.mark.parametrize("path", PLAIN, ids=name)
def test_plain_files_import_no_pulumi(path: Path) -> None:
    assert not [module for module in imports(path) if module.startswith("pulumi")]


@pytest.mark.parametrize(
    "path",
    [each for each in [*COMPONENTS, *PROGRAM] if each.name not in READERS_OF_CONFIGURATION],
    ids=name,
)
def test_only_the_settings_read_configuration(path: Path) -> None:
    forbidden = {"Config", "get_stack", "get_project", "environ", "getenv", "is_dry_run"}

    assert not attributes(path) & forbidden


@pytest.mark.parametrize("path", [*COMPONENTS, *PROGRAM], ids=name)
def test_nobody_reveals_or_forces_an_output(path: Path) -> None:
    assert not attributes(path) & {"unsecret", "_sync_await", "merge"}


@pytest.mark.parametrize("path", [*COMPONENTS, *PROGRAM], ids=name)
def test_assertions_are_for_tests(path: Path) -> None:
    assert not [node for node in ast.walk(ast.parse(path.read_text())) if type(node) is ast.Assert]


def _another(name: str) -> Any:
    return random.RandomString(name, length=8).id


@pytest.mark.parametrize(
    "declare",
    [
        _another,
        lambda name: random.RandomString(name, length=8).id,
        lambda name: pulumi.Output.from_input(name).apply(_another),
        lambda name: pulumi.Output.all(name).apply(lambda names: _another(*names)),
        lambda name: random.RandomString.get(name, "a").id,
    ],
    ids=["function", "lambda", "deep", "all", "read"],
)
def test_nothing_is_created_inside_apply(declare: Callable[[str], Any], deploy: Deploy) -> None:
    """Nor do the components and the program: every other test deploys what refuses it here."""

    def program() -> None:
        first = random.RandomString("first", length=8)
        first.id.apply(lambda _: declare("second"))

    with pytest.raises(AssertionError, match="declared inside apply: second"):
        deploy(program)


def test_curl_skips_verification_only_where_that_is_what_is_refused() -> None:
    found = [name(path) for path in COMMANDS if skips_verification(path.read_text())]

    assert found == [
        "policy/trust.py",
        "tests/e2e/policy_program.py",
        "tests/unit/policy/test_objects.py",
        "tests/unit/policy/test_pods.py",
        "tests/unit/test_architecture.py",
        "tests/unit/test_outputs.py",
    ]


@pytest.mark.parametrize("careless", ["curl -k", "'curl', '-sSk'", "curl -s \\\n  -ko /dev/null", "--proxy-insecure"])
def test_curl_that_skips_verification_is_noticed(careless: str) -> None:
    assert skips_verification(careless)


@pytest.mark.parametrize("path", TESTS, ids=name)
def test_every_test_file_is_found(path: Path) -> None:
    tests = [
        node
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    ]

    assert path.name.startswith("test_") or not tests


def test_type_tokens_are_constant_and_unlike() -> None:
    tokens = [
        str(node.value.value)
        for path in COMPONENTS
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Constant)
        and [target.id for target in node.targets if isinstance(target, ast.Name)] == ["TOKEN"]
    ]

    assert sorted(tokens) == [f"securenginx:index:{name}" for name in ("CurlProbe", "ProbeScript", "SecureNginx")]
