"""What pipelines run: who may see a secret, who waits for whom, and the commands that touch credentials."""

import io
import json
import os
import re
import subprocess
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.unit.previews.forge_server import ForgeServer

ROOT = Path(__file__).parents[3]
WORKFLOWS = ROOT / ".github" / "workflows"
GITLAB: dict[str, Any] = yaml.safe_load((ROOT / ".gitlab-ci.yml").read_text())
JOBS = {name: job for name, job in GITLAB.items() if isinstance(job, dict) and "stage" in job}
UNAPPROVED = {"dev"}
SECRETS = re.compile(r"FORGE_TOKEN|PULUMI_|KUBECONFIG_TEXT")


def make(*arguments: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    """Run make as a job does that has these variables."""
    kept = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL")}
    command = ["make", "--silent", *arguments]
    return subprocess.run(command, cwd=ROOT, env={**kept, **variables}, capture_output=True, text=True, check=False)


def conditions(job: Mapping[str, Any]) -> list[str]:
    """When a job runs; a list of rules may have another in it."""
    rules = [rule if isinstance(rule, list) else [rule] for rule in job.get("rules", [])]
    return [each["if"] for rule in rules for each in rule]


def workflow(name: str) -> dict[Any, Any]:
    """A workflow of GitHub, whose key `on` is a yes in YAML."""
    read: dict[Any, Any] = yaml.safe_load((WORKFLOWS / f"{name}.yml").read_text())
    return read


def test_on_gitlab_no_job_of_a_merge_request_asks_for_a_secret() -> None:
    theirs = {name: job for name, job in JOBS.items() if any("merge_request" in text for text in conditions(job))}

    assert theirs.keys() == {"test", "compare"}
    for job in theirs.values():
        assert "environment" not in job
        assert not SECRETS.search(str(job))
    assert "recorded-previews/comment.md" in str(theirs["compare"]["after_script"])


def test_on_gitlab_only_the_default_branch_comments_and_takes_what_it_posts_for_data() -> None:
    (condition,) = conditions(JOBS["comment"])

    assert condition.startswith("$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH && ")
    assert "needs" not in JOBS["comment"]
    assert JOBS["comment"]["before_script"] == [GITLAB["default"]["before_script"], "make compared"]
    assert JOBS["comment"]["variables"]["PREVIEWS"].startswith("compared/")


@pytest.mark.parametrize("name", ["deploy-stack", "drift-and-renewal"])
def test_an_approved_deployment_does_not_lose_its_turn(name: str) -> None:
    jobs = workflow(name)["jobs"].values()
    shared = [job["concurrency"] for job in jobs if job.get("concurrency", {}).get("group", "").startswith("stack-")]

    assert [(each["cancel-in-progress"], each["queue"]) for each in shared] == [(False, "max")]


def test_nothing_is_deployed_whose_tests_have_not_passed() -> None:
    jobs = workflow("deploy")["jobs"]

    assert jobs.pop("test") == {"permissions": {"contents": "read"}, "uses": "./.github/workflows/test.yml"}
    assert [job["needs"] for job in jobs.values()] == ["test", *jobs][:-1]
    # A push is tested once: by what deploys it.
    assert workflow("test")[True].keys() == {"pull_request", "workflow_call"}
    stages = GITLAB["stages"]
    assert stages.index(JOBS["test"]["stage"]) < stages.index(GITLAB[".deploy"]["stage"])
    first, *later = [job for name, job in GITLAB.items() if name.startswith(("preview-", "deploy-"))]
    assert "needs" not in first
    assert all("needs" in job for job in later)


def approved(**variables: str) -> "subprocess.CompletedProcess[str]":
    """Run the step of an approval as a job does that has these variables besides."""
    (step,) = workflow("deploy-stack")["jobs"]["approval"]["steps"]
    assert step["env"] == {
        "APPROVAL": "${{ vars.APPROVAL }}",
        "ENVIRONMENT": "${{ inputs.stack }}-approval",
        "NEEDED": "${{ inputs.approval }}",
    }
    command = ["bash", "-e", "-o", "pipefail", "-c", step["run"]]
    environment = {"PATH": os.environ["PATH"], "ENVIRONMENT": "prod-approval", **variables}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("variable", ["", "Reviewed", "true"])
@pytest.mark.parametrize("needed", ["true", ""])
def test_an_environment_that_nobody_has_set_up_approves_of_nothing(variable: str, needed: str) -> None:
    done = approved(APPROVAL=variable, NEEDED=needed)

    assert done.returncode == 1
    assert done.stdout.startswith("::error::Nobody was asked. Give the environment prod-approval reviewers, then ")
    assert "variable APPROVAL with the value reviewed" in done.stdout


@pytest.mark.parametrize(("variable", "needed"), [("reviewed", "true"), ("", "false")])
def test_a_deployment_goes_on_where_somebody_approved_or_nobody_has_to(variable: str, needed: str) -> None:
    done = approved(APPROVAL=variable, NEEDED=needed)

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_few_stacks_are_deployed_without_an_approval() -> None:
    given = {name: job["with"] for name, job in workflow("deploy")["jobs"].items() if "with" in job}

    assert workflow("deploy-stack")[True]["workflow_call"]["inputs"]["approval"]["default"] is True
    assert given == {
        stack: {"stack": stack, "approval": False} if stack in UNAPPROVED else {"stack": stack} for stack in given
    }
    assert [rule["when"] for rule in GITLAB[".deploy"]["rules"]] == ["manual"]
    ruled = {name.removeprefix("deploy-") for name, job in GITLAB.items() if "deploy-" in name and "rules" in job}
    assert ruled <= UNAPPROVED


def test_a_comparison_follows_the_base_branch_and_no_title_cancels_it() -> None:
    preview = workflow("preview")
    (job,) = preview["jobs"].values()

    assert preview[True] == {"pull_request": {"types": ["opened", "synchronize", "reopened", "edited"]}}
    assert job["if"] == "github.event.action != 'edited' || github.event.changes.base"
    assert "concurrency" not in preview
    assert job["concurrency"] == {"group": "preview-${{ github.ref }}", "cancel-in-progress": True}


def test_tests_are_not_skipped_for_that_would_count_as_passed() -> None:
    tests = workflow("test")

    assert tests[True]["pull_request"] is None
    assert not [name for name, job in tests["jobs"].items() if "if" in job]


def test_a_comparison_that_takes_too_long_has_failed_while_its_job_goes_on() -> None:
    (job,) = workflow("preview")["jobs"].values()
    (limit,) = [step["timeout-minutes"] for step in job["steps"] if step.get("run", "").startswith("make compare ")]

    # Before it a machine is set up, after it comes what tells of the failure.
    assert limit + 15 <= job["timeout-minutes"]


@pytest.mark.parametrize(("target", "base"), [("", "a" * 40), ("b" * 40, "b" * 40)])
def test_on_gitlab_merged_results_are_compared_with_the_target_branch(target: str, base: str) -> None:
    (command,) = JOBS["compare"]["script"]
    variables = {"CI_MERGE_REQUEST_TARGET_BRANCH_SHA": target, "CI_MERGE_REQUEST_DIFF_BASE_SHA": "a" * 40}

    shell = ["bash", "-e", "-c", f'make() {{ echo "$@"; }}; {command}']
    done = subprocess.run(shell, env=variables, capture_output=True, text=True, check=True)

    assert done.stdout == f"compare BASE={base}\n"


def test_a_run_that_never_began_is_not_commented_on() -> None:
    condition = workflow("preview-comment")["jobs"]["post"]["if"]

    (names,) = re.findall(r"!contains\(fromJSON\('(.+?)'\), github\.event\.workflow_run\.conclusion\)", condition)
    assert json.loads(names) == ["action_required", "cancelled", "skipped"]


@pytest.mark.parametrize("name", ["deploy-stack", "drift-and-renewal"])
def test_who_is_given_the_state_is_given_the_token_for_it(name: str) -> None:
    steps = [step for job in workflow(name)["jobs"].values() for step in job["steps"]]
    given = [step["env"] for step in steps if "PULUMI_BACKEND_URL" in step.get("env", {})]

    assert given
    for variables in given:
        assert variables["PULUMI_ACCESS_TOKEN"] == "${{ secrets.PULUMI_ACCESS_TOKEN }}"


def artifact(**files: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return content.getvalue()


def test_what_a_merge_request_left_is_put_beside_the_code_and_nowhere_else(tmp_path: Path, server: ForgeServer) -> None:
    left = {"recorded-previews/dev.json": "{}", "pipeline.mk": "changed", "../pipeline.mk": "x", "/pipeline.mk": "x"}
    server.artifacts = {9: artifact(**left)}
    (tmp_path / "pipeline.mk").write_text("ours")

    done = make(
        f"--file={ROOT / 'pipeline.mk'}", f"--directory={tmp_path}", "PYTHON=python3", "compared",
        **server.gitlab_variables(), COMPARE_JOB="9",
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert (tmp_path / "pipeline.mk").read_text() == "ours"
    assert {file.name for file in tmp_path.iterdir()} == {"compared", "compared.zip", "pipeline.mk"}
    assert (tmp_path / "compared" / "recorded-previews" / "dev.json").read_text() == "{}"


def test_what_is_not_there_is_not_fetched(tmp_path: Path, server: ForgeServer) -> None:
    done = make(
        f"--file={ROOT / 'pipeline.mk'}", f"--directory={tmp_path}", "PYTHON=python3", "compared",
        **server.gitlab_variables(), COMPARE_JOB="9",
    )  # fmt: skip

    assert done.returncode != 0
    assert "404" in done.stderr


def test_a_kubeconfig_is_for_its_user_alone_even_where_a_file_was(tmp_path: Path) -> None:
    file = tmp_path / "kubeconfig"
    file.write_text("old")
    file.chmod(0o644)

    done = make("kubeconfig", KUBECONFIG=str(file), KUBECONFIG_TEXT="new")

    assert (done.returncode, done.stderr) == (0, "")
    assert file.read_text() == "new\n"
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("text", ["", " \n"])
def test_a_kubeconfig_that_the_pipeline_does_not_have_takes_the_place_of_none(tmp_path: Path, text: str) -> None:
    file = tmp_path / "kubeconfig"
    file.write_text("old")

    done = make("kubeconfig", KUBECONFIG=str(file), KUBECONFIG_TEXT=text)

    assert done.returncode == 2
    assert "KUBECONFIG_TEXT is empty: set it to the text of a kubeconfig" in done.stderr
    assert file.read_text() == "old"


def test_a_lock_that_cannot_be_made_is_a_failure(tmp_path: Path) -> None:
    compile_ = tmp_path / "pip-compile"
    compile_.write_text(f'#!/bin/sh\necho run >> {tmp_path}/runs\ntest "$(wc -l < {tmp_path}/runs)" -gt 1\n')
    compile_.chmod(0o755)
    (tmp_path / "installed").touch()

    done = make("lock", f"BIN={tmp_path}", f"INSTALLED={tmp_path / 'installed'}")

    assert done.returncode != 0
    assert (tmp_path / "runs").read_text() == "run\n"


@pytest.mark.parametrize(
    "file",
    [
        ".kubeconfig",
        "recorded-previews/dev.json",
        "dev.backup.json",
        "dev.backup.json.before-restore.2",
        "dev.backup.json.unfinished",
        ".dev.backup.json.unfinished.x1y2z3",
        "copies/.dev.json.unfinished.x1y2z3",
    ],
)
def test_credentials_and_states_are_not_for_the_repository(file: str) -> None:
    command = ["git", "check-ignore", "--quiet", file]

    assert subprocess.run(command, cwd=ROOT, check=False).returncode == 0
