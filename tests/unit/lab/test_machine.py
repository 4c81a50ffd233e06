"""What the lab says before it begins: the machine, the lock, the steps."""

import ast
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from lab import __main__ as lab
from lab import check, disk, gateway, progress
from lab.errors import LabError
from lab.progress import Steps, duration

ROOT = Path(__file__).parents[3]


def test_missing_packages_are_listed_with_the_command_that_installs_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAB_INSTALL", "0")
    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.setattr(check, "PACKAGES", {"no-such-command": "some-package", "/no/such/file": "other-package"})

    with pytest.raises(check.UnfitError, match="apt-get install other-package some-package"):
        check.ensure(tmp_path, cluster=True, engine=False)


def test_everything_that_is_missing_is_listed_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "PYTHON", (9, 0))
    monkeypatch.setattr(check, "GO", (9, 9))
    monkeypatch.setattr(disk, "FIRST_BUILD", {"LAB_DIR": 1 << 30})

    with pytest.raises(check.UnfitError) as raised:
        check.ensure(tmp_path, cluster=False, engine=True)

    text = str(raised.value)
    assert "- Python 9.0 or newer is needed" in text
    assert "- Go 9.9 or newer is needed" in text
    assert "GiB of free disk are needed for" in text


@pytest.mark.parametrize(
    ("caches", "complaint"),
    [
        ("off\n", "Go has no folders for its caches\n    set HOME, or GOCACHE and GOMODCACHE"),
        ("/a\n", "Go has no folders for its caches\n    set HOME, or GOCACHE and GOMODCACHE"),
        ("/a\n/b", ""),
    ],
    ids=["none", "one", "both"],
)
def test_a_go_that_knows_no_place_for_what_it_builds_is_told_before_it_builds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caches: str, complaint: str
) -> None:
    (tmp_path / "go").write_text(f"#!/bin/sh\ncat <<END\ngo1.30\n{caches}\nEND\n")
    (tmp_path / "go").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin")
    monkeypatch.setattr(check, "ALWAYS", {})
    monkeypatch.setattr(disk, "problems", lambda _: [])

    try:
        check.ensure(tmp_path, cluster=False, engine=True)
        said = ""
    except check.UnfitError as unfit:
        said = str(unfit).partition("- ")[2]

    assert said == complaint


def test_without_a_home_the_lab_can_be_asked_all_the_same() -> None:
    script = (
        "import os; os.environ.pop('HOME', None); import pwd; pwd.getpwuid = {}.__getitem__; from lab import engine"
    )

    subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True)


def test_an_address_that_the_gateway_cannot_have_is_told_before_anything_is_built(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAB_INSTALL", "0")
    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.setattr(gateway, "taken", lambda: ["127.89.0.11:6443 (in use)", "127.89.0.200:80 (in use)"])

    with pytest.raises(check.UnfitError) as told:
        check.ensure(tmp_path, cluster=True, engine=False)

    listed = "127.89.0.11:6443 (in use), 127.89.0.200:80 (in use)"
    assert f"- the lab's gateway cannot listen on {listed}\n    `ss -ltnp` names the program" in str(told.value)


def test_an_old_python_is_told_by_an_old_python() -> None:
    script = (
        "import sys; from lab import __main__ as lab; lab.main(['check', '--python'])\n"
        "print(*(each.__file__ for name, each in sys.modules.items() if name.partition('.')[0] == 'lab'), sep='\\n')"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    files = [Path(line) for line in done.stdout.splitlines()]

    assert {"__main__.py", "check.py", "errors.py"} <= {file.name for file in files}
    assert [file for file in files if _evaluates_new_types(ast.parse(file.read_text()))] == []


def _evaluates_new_types(module: ast.Module) -> bool:
    """Whether annotations are evaluated that an old Python does not understand, as `Sequence[str] | None`."""
    if any(isinstance(node, ast.ImportFrom) and node.module == "__future__" for node in module.body):
        return False
    found = [node.annotation for node in ast.walk(module) if isinstance(node, ast.arg | ast.AnnAssign)]
    found += [node.returns for node in ast.walk(module) if isinstance(node, ast.FunctionDef)]
    return any(isinstance(node, ast.BinOp | ast.Subscript) for node in found)


def test_other_systems_and_users_are_sent_to_their_own_cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    with pytest.raises(
        check.UnfitError, match=r'to be root: `sudo env "PATH=\$PATH" make up`.*"Your own cluster" in README'
    ):
        check.ensure(tmp_path, cluster=True, engine=True)

    monkeypatch.setattr("platform.system", lambda: "Darwin")
    with pytest.raises(check.UnfitError, match=r'this is Darwin.*"Your own cluster" in README'):
        check.ensure(tmp_path, cluster=True, engine=True)


@pytest.mark.parametrize(
    ("version", "complaint"),
    [
        ("v3.150.0", "- Pulumi 3.214 or newer is needed for a cluster of your own; PATH has 3.150.0"),
        ("", "- Pulumi 3.214 or newer is needed for a cluster of your own; PATH has none"),
        ("v3.214.0", ""),
    ],
)
def test_for_a_cluster_of_ones_own_pulumi_has_to_be_there_and_nothing_to_build_it(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    version: str,
    complaint: str,
) -> None:
    program = tmp_path / "pulumi"
    if version:
        program.write_text(f"#!/bin/sh\necho {version}\n")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin")
    monkeypatch.setenv("KUBE_CONTEXT", "mine")
    monkeypatch.delenv("LAB_ENGINE", raising=False)
    monkeypatch.setattr(check, "ALWAYS", {})

    code = lab.main(["check"])

    said = capsys.readouterr().err
    assert code == (2 if complaint else 0), said
    assert complaint in said
    assert "Go" not in said
    assert "GiB" not in said


def test_the_labs_own_cluster_under_another_name_needs_no_installed_pulumi(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "/bin")
    monkeypatch.setenv("KUBE_CONTEXT", "lab")
    (tmp_path / "lab").mkdir()
    (tmp_path / "link").symlink_to("lab")
    monkeypatch.setenv("LAB_DIR", str(tmp_path / "lab"))
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "link" / "kubeconfig"))
    monkeypatch.delenv("LAB_ENGINE", raising=False)

    assert lab.main(["check"]) == 2

    said = capsys.readouterr().err
    assert "Pulumi" not in said
    assert "- Go" in said


def test_a_step_shows_its_number_and_how_it_ended(capsys: pytest.CaptureFixture[str]) -> None:
    steps = Steps(2)
    with steps.step("boil water"):
        pass
    with pytest.raises(LabError), steps.step("make tea"):
        raise LabError("no tea")

    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("[1/2] boil water: done in ")
    assert second.startswith("[2/2] make tea: failed after ")


def test_a_step_whose_reader_is_gone_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[object] = []

    def gone(_: str) -> None:
        raise BrokenPipeError

    monkeypatch.setattr(progress, "REMINDER", 0.01)
    monkeypatch.setattr(progress, "say", gone)
    monkeypatch.setattr(threading, "excepthook", told.append)

    with pytest.raises(BrokenPipeError), Steps(1).step("boil water"):
        time.sleep(0.1)

    assert told == []


@pytest.mark.parametrize(("seconds", "text"), [(0.04, "0.0 s"), (59.94, "59.9 s"), (61, "1 min 01 s")])
def test_times_read_as_people_say_them(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_only_the_end_to_end_tests_need_a_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "FOR_TESTS", {"e2e": {"no-such-browser": "some-browser"}})

    assert "some-browser" in check.missing_packages(cluster=False, tests="e2e")
    assert "some-browser" not in check.missing_packages(cluster=False, tests="unit")
    assert "some-browser" not in check.missing_packages(cluster=True)


@pytest.mark.parametrize(
    ("arguments", "asked"),
    [("--python", False), ("--engine", False), ("--python --tests=unit", True), ("--python --tests=e2e", True)],
)
def test_openssl_is_asked_for_where_something_uses_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: str, asked: bool
) -> None:
    monkeypatch.setenv("LAB_INSTALL", "0")
    monkeypatch.setattr(check, "_exists", lambda thing, _: thing != "openssl")
    monkeypatch.setattr(disk, "problems", lambda _: [])

    code = lab.main(["check", *arguments.split()])

    assert code == (2 if asked else 0)
    assert ("openssl" in capsys.readouterr().err) is asked


def test_a_stack_on_a_cluster_of_ones_own_needs_no_openssl_and_the_lab_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "_exists", lambda thing, _: thing != "openssl")

    assert "openssl" not in check.missing_packages(cluster=False)
    assert "openssl" in check.missing_packages(cluster=True)


def test_what_the_user_finds_is_there_and_what_the_lab_is_made_of_has_to_be_the_systems(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check, "ALWAYS", {"a-curl": "a"})
    monkeypatch.setattr(check, "PACKAGES", {"a-runtime": "b"})
    monkeypatch.setattr(check, "FOR_TESTS", {"e2e": {"a-tool": "c"}})
    assert check.missing_packages(cluster=True, tests="e2e") == ["a", "b", "c"]

    for program in ("a-curl", "a-runtime", "a-tool"):
        (tmp_path / program).touch(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))

    assert check.missing_packages(cluster=True, tests="e2e") == ["b"]


def test_a_look_at_the_machine_that_is_interrupted_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(check, "ensure", interrupted)

    assert lab.main(["check"]) == 130
    assert capsys.readouterr().err == "\nlab: interrupted; the same command goes on from here\n"
