"""What make hands on: which stack and state a command is about, and what it refuses before anything is done."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
# What a shell may be set to.
VARIABLES = ("BACKEND", "KUBE_CONTEXT", "MAKEFLAGS", "MAKELEVEL", "PULUMI_BACKEND_URL", "STACK", "STACKS")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The files of make with the stacks dev and prod, where all packages seem to be installed."""
    for name in ("Makefile", "pipeline.mk"):
        shutil.copy(ROOT / name, tmp_path)
    for name in ("requirements.txt", "requirements-dev.txt", "Pulumi.dev.yaml", "Pulumi.prod.yaml"):
        (tmp_path / name).touch()
    (tmp_path / "bin").mkdir()
    (tmp_path / "installed").touch()
    _program(tmp_path / "bin" / "python", 'echo "python $*"')
    return tmp_path


def _program(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(0o755)


def _make(project: Path, *arguments: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    kept = {name: value for name, value in os.environ.items() if name not in VARIABLES}
    programs = {
        "BIN": project / "bin", "INSTALLED": project / "installed", "PYTHON": project / "bin" / "python",
        "OUTSIDE": project / "lab-outside",
    }  # fmt: skip
    command = ["make", "--silent", *(f"{name}={path}" for name, path in programs.items()), *arguments]
    environment = {**kept, **variables}
    return subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)


def _said(project: Path, *arguments: str, **variables: str) -> str:
    """What the commands of a target are, as they are run."""
    done = _make(project, *arguments, **variables)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_help_lists_every_command_of_both_files_in_a_group_and_no_other_line(project: Path) -> None:
    told = [
        (target, words)
        for name in ("Makefile", "pipeline.mk")
        for target, _, words in (line.partition(":") for line in (project / name).read_text().splitlines())
        if " ## " in words and not target.startswith("#")
    ]

    listed, _, variables = _said(project, "help").partition("Variables\n")
    groups = [line for line in listed.splitlines() if not line.startswith(" ")]
    commands = [line.split(maxsplit=2)[1:] for line in listed.splitlines() if line.startswith(" ")]
    assert commands == [[target, words.partition(" ## ")[2]] for target, words in told]
    assert groups[0] == listed.splitlines()[0] == "Deploy and remove"
    assert len(groups) == len(set(groups)) == 7
    assert "\n  KUBE_CONTEXT=NAME " in variables


@pytest.mark.parametrize("target", ["up", "preview"])
@pytest.mark.parametrize("stack", ["pord", "dev prod", ""])
def test_a_mistyped_stack_is_told_before_anything_is_installed(project: Path, target: str, stack: str) -> None:
    done = _make(project, target, f"STACK={stack}")

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"there is no stack '{stack}'; these are: dev prod\n")


def test_a_mistyped_stack_is_told_first_also_where_make_may_do_several_things_at_once(project: Path) -> None:
    (project / "installed").unlink()
    # Each takes its time, so that what begins at once is seen.
    _program(project / "slow-shell", 'sleep 0.2; exec sh "$@"')

    done = _make(project, "up", "STACK=pord", "--jobs=8", f"VENV={project}", f"SHELL={project / 'slow-shell'}")

    assert (done.returncode, done.stdout) == (2, "")


def test_static_checks_and_unit_tests_run_side_by_side(project: Path) -> None:
    for name, other in (("ruff", "pytest"), ("pytest", "ruff")):
        wait = f"timeout 60 sh -c 'until test -e {project}/{other}.began; do sleep 0.02; done'"
        _program(project / "bin" / name, f"touch {project}/{name}.began; {wait}")
    for name in ("mypy", "basedpyright", "shellcheck"):
        _program(project / "bin" / name, "true")
    for name in ("requirements-checks.txt", "checkers"):
        (project / name).touch()

    done = _make(project, "test", f"CHECKERS={project / 'checkers'}")

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(("target", "command"), [("up", "deploy"), ("preview", "preview")])
def test_a_stack_for_another_cluster_is_told_before_the_lab_is_built(project: Path, target: str, command: str) -> None:
    commands = ["python -m lab check", "python -m lab up --stack=prod", f"python -m lab {command} --stack=prod"]

    assert _said(project, target, "STACK=prod").splitlines() == commands
    assert _said(project, target, "STACK=prod", "KUBE_CONTEXT=mine").splitlines() == [commands[0], commands[2]]


def test_kubectl_is_told_the_stack(project: Path) -> None:
    _program(project / "bin" / "python", 'echo "$STACK $*"')

    assert _said(project, "kubectl", "ARGS=get pods -A") == "dev -m lab kubectl get pods -A\n"
    assert _said(project, "kubectl", "STACK=prod", "ARGS=get pods") == "prod -m lab kubectl get pods\n"


@pytest.mark.parametrize(
    "target",
    ["backup", "deployed", "destroy", "drift", "record", "refresh", "renew", "restore", "rotate-passphrase"],
)
def test_two_names_are_no_stack(project: Path, target: str) -> None:
    _program(project / "bin" / "python", 'printf "%s\\n" "$@"')

    assert "--stack=dev prod" in _said(project, target, "STACK=dev prod").splitlines()


def test_a_mistaken_backend_is_no_state_of_this_machine(project: Path) -> None:
    shown = '--eval=shown: ; @echo "<$${PULUMI_BACKEND_URL-unset}>"'

    assert _said(project, shown, "shown") == "<unset>\n"
    assert _said(project, shown, "shown", "BACKEND=s3://states") == "<s3://states>\n"
    assert _said(project, shown, "shown", "BACKEND=") == "<>\n"
    assert _said(project, shown, "shown", BACKEND="") == "<>\n"


@pytest.mark.parametrize("given", ["command line", "environment"])
def test_a_password_in_an_address_is_handed_on_as_it_is(project: Path, given: str) -> None:
    address = "postgres://u:p$w$$@host/states"
    shown = '--eval=shown: ; @echo "<$${PULUMI_BACKEND_URL-unset}>"'
    arguments, variables = ([f"BACKEND={address}"], {}) if given == "command line" else ([], {"BACKEND": address})

    assert _said(project, shown, "shown", *arguments, **variables) == f"<{address}>\n"


@pytest.mark.parametrize(
    "name",
    [
        "AWS_SECRET_ACCESS_KEY", "AZURE_STORAGE_CONNECTION_STRING", "AZURE_STORAGE_KEY", "FORGE_TOKEN", "GITHUB_TOKEN",
        "KUBECONFIG_TEXT", "NEW_PASSPHRASE", "PGPASSWORD", "PULUMI_ACCESS_TOKEN", "PULUMI_CONFIG_PASSPHRASE",
    ],
)  # fmt: skip
def test_a_secret_comes_from_the_environment_alone(project: Path, name: str) -> None:
    secret = "one$two"  # make would hand on "onewo"

    refused = _make(project, "rotate-passphrase", f"{name}={secret}")

    assert (refused.returncode, refused.stdout) == (2, "")
    (line,) = refused.stderr.splitlines()
    assert f"{name} must not be on the command line of make" in line
    assert f"Set it in the environment: {name}=... make rotate-passphrase" in line
    assert "one" not in line
    assert _said(project, f"--eval=shown: ; @echo $${name}", "shown", **{name: secret}) == f"{secret}\n"


@pytest.mark.parametrize("target", ["test", "unit", "coverage", "mutants"])
def test_unit_tests_find_what_they_try(project: Path, target: str) -> None:
    (project / "checkers").touch()

    first = _make(project, "--dry-run", target, f"CHECKERS={project / 'checkers'}").stdout.splitlines()[0]

    assert first.endswith("python -m lab check --python --tests=unit")


def test_files_are_utf_8_in_any_locale(project: Path) -> None:
    assert _said(project, "--eval=shown: ; @echo $$PYTHONUTF8", "shown", LC_ALL="C", PYTHONUTF8="0") == "1\n"


def test_modules_of_the_project_are_found_whatever_the_environment_forbids(project: Path) -> None:
    assert _said(project, '--eval=shown: ; @echo "<$$PYTHONSAFEPATH>"', "shown", PYTHONSAFEPATH="1") == "<>\n"


@pytest.mark.parametrize("target", ["e2e", "scenarios", "bench", "chaos", "outputs", "picture"])
def test_what_is_about_the_lab_is_about_its_own_cluster_state_and_stack(project: Path, target: str) -> None:
    elsewhere = {
        "BACKEND": "s3://states", "KUBE_CONTEXT": "shop", "PULUMI_BACKEND_URL": "s3://states", "STACK": "prod",
        "PULUMI_CONFIG_PASSPHRASE": "theirs", "PULUMI_CONFIG_PASSPHRASE_FILE": "their-file",
    }  # fmt: skip
    found = "".join(f"<${{{name}:-unset}}>" for name in elsewhere)
    for program in ("python", "pytest"):
        _program(project / "bin" / program, f'echo "{found} {program} $*"')

    said = _said(project, target, **elsewhere).splitlines()

    assert [line for line in said if not line.startswith("<unset>" * len(elsewhere) + " ")] == []
    assert len(said) >= 3


def test_what_was_recorded_of_a_stack_is_shown(project: Path) -> None:
    assert "preview --stack=prod --record=.lab/previews" in _said(project, "record", STACK="prod")
    assert _said(project, "show", STACK="prod") == "python -m previews show .lab/previews --stack=prod\n"
    assert "--stack=dev --stack=prod" in _said(project, "show", "STACKS=dev prod", STACK="staging")


def test_drift_is_not_shown_as_a_preview(project: Path) -> None:
    looked = "python -m lab drift --stack=dev --record=.lab/drift\n"

    assert _said(project, "drift") == looked
    assert _said(project, "drift-issue") == f"{looked}python -m previews drift .lab/drift --stack=dev\n"


def test_the_lab_goes_down_with_the_stack_that_is_named(project: Path) -> None:
    assert _said(project, "down", "STACK=prod") == "python -m lab down --stack=prod\n"


def test_a_lab_that_was_never_installed_is_down(project: Path) -> None:
    (project / "bin" / "python").unlink()
    (project / "installed").unlink()

    assert _said(project, "down") == ""


@pytest.mark.parametrize("trace", [".lab/cluster", "lab-outside"], ids=["its folder", "its network alone"])
def test_a_lab_that_runs_goes_down_also_without_its_packages(project: Path, trace: str) -> None:
    python = project / "bin" / "python"
    python.unlink()
    (project / "installed").unlink()
    (project / trace).mkdir(parents=True)
    _program(project / "system-python", f"test -e {python} || cp $0 {python}; echo python $*")

    done = _make(project, "down", f"VENV={project}", f"PYTHON={project / 'system-python'}")

    assert done.returncode == 0, done.stderr
    assert "--requirement requirements-dev.txt" in done.stdout
    assert done.stdout.endswith("python -m lab down --stack=dev\n")


@pytest.mark.parametrize("has_pip", [False, True])
def test_packages_that_were_not_installed_to_the_end_are_installed_before_the_lab_goes_down(
    project: Path, has_pip: bool
) -> None:
    (project / "installed").unlink()
    text = 'echo "python $*" >&2; case "$*" in *"pip --version") exit {} ;; *-m\\ lab\\ down*) echo down ;; esac'
    _program(project / "bin" / "python", text.format(0 if has_pip else 1))
    folder = f"VENV={project}"

    done = _make(project, "down", folder)

    assert (done.returncode, done.stdout) == (0, "down\n")
    ran = [line.removeprefix("python ") for line in done.stderr.splitlines() if line.startswith("python ")]
    made_anew = [f"-m venv --clear {project}"]
    assert [line for line in ran if "venv" in line] == ([] if has_pip else made_anew)
    assert "--requirement requirements-dev.txt" in done.stderr
    assert ran[-1] == "-m lab down --stack=dev"


@pytest.mark.parametrize("target", ["status", "down"])
def test_an_environment_that_begins_with_another_python_than_its_packages_is_made_anew(
    project: Path, target: str
) -> None:
    (project / "lib" / "python3.12" / "site-packages").mkdir(parents=True)
    (project / ".lab" / "cluster").mkdir(parents=True)
    _upgraded_to(project, "python3.13")

    done = _make(project, target, f"VENV={project}", STACK="dev")

    assert done.returncode == 0, done.stderr
    ran = [line.removeprefix("python ") for line in done.stderr.splitlines() if line.startswith("python ")]
    assert f"-m venv --clear {project}" in ran
    assert "--requirement requirements-dev.txt" in ran[-2]
    assert ran[-1] == f"-m lab {target} --stack=dev"


def test_an_environment_with_the_packages_of_its_python_is_taken_as_it_is(project: Path) -> None:
    (project / "lib" / "python3.13" / "site-packages").mkdir(parents=True)
    _upgraded_to(project, "python3.13")

    assert "venv" not in _make(project, "status", f"VENV={project}").stderr


def _upgraded_to(project: Path, version: str) -> None:
    """Make python a link to a program of a version, which finds nothing but what Python itself has."""
    text = 'case "$*" in *"import yaml"|*"pip --version") exit 1 ;; esac; echo "python $*" >&2'
    _program(project / version, text)
    (project / "bin" / "python").unlink()
    (project / "bin" / "python").symlink_to(project / version)


def test_the_help_names_what_can_be_set(project: Path) -> None:
    said = _said(project, "help")

    for variable in ("STACK", "STACKS", "KUBE_CONTEXT", "BACKEND", "BASE", "FILE", "ARGS"):
        assert f"\n  {variable}=" in said
    assert "make known" not in said
