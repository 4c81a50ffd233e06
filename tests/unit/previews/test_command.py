"""`python -m previews`, as a workflow calls it."""

import json
from pathlib import Path
from typing import Any

import pytest

from previews import comment, folders, surroundings
from previews.__main__ import main
from previews.api import ForgeError
from tests.unit.previews.forge_server import ForgeServer
from tests.unit.previews.jobs import HEAD, PULL, event, run_event


def drifted(folder: Path, replicas: int) -> None:
    """Write what a refresh says about a Deployment of two pods."""
    state = {"urn": "urn:pulumi:dev::p::k::web", "type": "kubernetes:apps/v1:Deployment", "custom": True}
    old, new = ({**state, "inputs": {"spec": {"replicas": number}}} for number in (2, replicas))
    op = "update" if replicas != 2 else "refresh"
    step = {"op": op, "urn": state["urn"], "oldState": old, "newState": new}
    (folder / "dev.json").write_text(json.dumps({"steps": [step], "changeSummary": {op: 1}}))


def test_it_prints_the_comment(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", str(folder), "--stack=dev", "--stack=prod"], {}) == 0

    text = capsys.readouterr().out
    assert text.startswith(comment.MARKER)
    assert "### Stack `dev`" in text
    assert "with the stacks' own state" in text
    assert "Commit" not in text


def test_it_says_where_it_was_made(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = {"GITHUB_SERVER_URL": "https://forge.example", "GITHUB_REPOSITORY": "o/n", "GITHUB_RUN_ID": "4"}

    main(["show", str(folder), "--stack=dev"], {**run, "GITHUB_SHA": HEAD})
    github = capsys.readouterr().out
    main(["show", str(folder), "--stack=dev"], {"CI_JOB_URL": "https://forge.example/jobs/1", "CI_COMMIT_SHA": HEAD})
    gitlab = capsys.readouterr().out

    assert f"Commit `{HEAD}`" in github
    assert "[Log](https://forge.example/o/n/actions/runs/4)" in github
    assert f"Commit `{HEAD}`" in gitlab
    assert "[Log](https://forge.example/jobs/1)" in gitlab


def test_a_stack_without_a_preview_has_failed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["show", str(folder), "--stack=staging"], {"CI_JOB_URL": "https://forge.example/jobs/1"})

    assert "No preview was made: the job ended before. Its log says why." in capsys.readouterr().out


def test_outside_of_a_forge_a_stack_without_a_preview_has_not_been_recorded(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["show", str(folder), "--stack=shop"], {})

    text = capsys.readouterr().out
    assert "Nothing is recorded for shop: run `make record STACK=shop` or `make compare STACKS=shop` first." in text
    assert "Its log" not in text


def test_a_preview_that_could_not_begin_shows_what_was_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "dev.json").write_text("")
    (tmp_path / "dev.errors").write_text("error: incorrect passphrase\n")

    main(["show", str(tmp_path), "--stack=dev"], {})

    assert "error: incorrect passphrase" in capsys.readouterr().out


def test_a_comparison_says_that_it_had_no_credentials(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "base").write_text(f"{HEAD}\n")
    told = [
        {"severity": "warning", "message": "warning: configured Kubernetes cluster is unreachable: /somewhere"},
        {"severity": "warning", "message": "warning: another"},
    ]
    (folder / "dev.json").write_text(json.dumps({"steps": [], "diagnostics": told}))

    main(["show", str(folder), "--stack=dev"], {})

    text = capsys.readouterr().out
    assert f"compared with the base branch at `{HEAD}`" in text
    assert "unreachable" not in text
    assert "- Warning: `another`" in text


@pytest.mark.parametrize("content", ["main", "", "a" * 41, "<b>"])
def test_what_is_no_commit_is_no_base(tmp_path: Path, content: str) -> None:
    (tmp_path / "base").write_text(content)

    assert folders.base(tmp_path) == ""


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("hunter2")
    (tmp_path / "dev.json").symlink_to(tmp_path / "secret")

    (preview,) = folders.read(tmp_path, ["dev"])

    assert "hunter2" not in str(preview)


def test_it_comments_on_the_pull_request_of_its_job(folder: Path, server: ForgeServer) -> None:
    variables = {**server.variables(), **event(folder, {"pull_request": {"number": 12}})}

    assert main(["post", str(folder), "--stack=dev"], variables) == 0
    assert main(["post", str(folder), "--stack=dev", "--stack=prod"], variables) == 0

    (only,) = server.comments[12]
    assert "### Stack `prod`" in only["body"]


def test_it_comments_on_the_merge_request_of_its_job(folder: Path, server: ForgeServer) -> None:
    variables = {**server.gitlab_variables(), "CI_MERGE_REQUEST_IID": "12"}

    assert main(["post", str(folder), "--stack=dev"], variables) == 0

    assert "### Stack `dev`" in server.comments[12][0]["body"]


def test_after_another_workflow_it_believes_the_event_and_nothing_else(
    folder: Path, tmp_path: Path, server: ForgeServer
) -> None:
    server.pulls = [PULL]
    variables = {**server.variables(), **run_event(tmp_path), "GITHUB_SHA": "c" * 40}

    assert main(["post", str(folder), "--stack=dev"], variables) == 0

    (only,) = server.comments[3]
    assert f"Commit `{HEAD}`" in only["body"]
    assert "[Log](https://forge.example/runs/9)" in only["body"]


@pytest.mark.parametrize(
    "changed", [{"head_sha": "d" * 40}, {"head_branch": "other"}, {"head_repository": None}, {"head_repository": {}}]
)
def test_of_a_request_that_moved_on_nothing_is_said(
    folder: Path, tmp_path: Path, server: ForgeServer, changed: dict[str, Any]
) -> None:
    server.pulls = [PULL]

    assert main(["post", str(folder), "--stack=dev"], {**server.variables(), **run_event(tmp_path, **changed)}) == 0

    assert server.comments == {}


def test_of_two_requests_from_one_branch_none_gets_the_other_s_comment(
    folder: Path, tmp_path: Path, server: ForgeServer, capsys: pytest.CaptureFixture[str]
) -> None:
    server.pulls = [PULL, {**PULL, "number": 4, "base": {"ref": "release"}}]

    assert main(["post", str(folder), "--stack=dev"], {**server.variables(), **run_event(tmp_path)}) == 0

    assert server.comments == {}
    assert "or several are" in capsys.readouterr().out


def test_without_a_request_there_is_nothing_to_comment_on(folder: Path, server: ForgeServer) -> None:
    for variables in (server.variables(), server.gitlab_variables()):
        assert main(["post", str(folder), "--stack=dev"], variables) == 0

    assert server.comments == {}


def test_an_event_that_is_no_object_names_no_request(tmp_path: Path, server: ForgeServer) -> None:
    assert surroundings.read({**server.variables(), **event(tmp_path, [1])}).request is None


@pytest.mark.parametrize(
    ("variables", "problem"),
    [
        ({}, "neither a job of GitHub"),
        ({"GITHUB_REPOSITORY": "o/n"}, "GITHUB_TOKEN is not set"),
        ({"CI_PROJECT_ID": "7"}, "CI_API_V4_URL is not set"),
        ({"CI_PROJECT_ID": "7", "CI_API_V4_URL": "https://forge.example", "FORGE_TOKEN": ""}, "FORGE_TOKEN is not set"),
    ],
)
def test_a_missing_variable_is_named(
    folder: Path, capsys: pytest.CaptureFixture[str], variables: dict[str, str], problem: str
) -> None:
    assert main(["post", str(folder), "--stack=dev"], variables) == 1

    assert problem in capsys.readouterr().err


@pytest.mark.parametrize("name", ["GITHUB_TOKEN", "FORGE_TOKEN"])
@pytest.mark.parametrize("end", ["\n", "\r\n", " "], ids=["lf", "crlf", "blank"])
def test_what_is_pasted_behind_a_token_does_no_harm(folder: Path, server: ForgeServer, name: str, end: str) -> None:
    variables = {**server.variables(), **event(folder, {"pull_request": {"number": 12}})}
    if name == "FORGE_TOKEN":
        variables = {**server.gitlab_variables(), "CI_MERGE_REQUEST_IID": "12"}

    assert main(["post", str(folder), "--stack=dev"], {**variables, name: f"{variables[name]}{end}"}) == 0

    assert len(server.comments[12]) == 1


@pytest.mark.parametrize("name", ["GITHUB_TOKEN", "FORGE_TOKEN"])
@pytest.mark.parametrize("within", ["\n", "\0", "\x7f", "\u201c", "\udce4"], ids=["lf", "nul", "del", "quote", "byte"])
def test_a_token_that_cannot_be_sent_is_refused_without_being_shown(
    folder: Path, server: ForgeServer, capsys: pytest.CaptureFixture[str], name: str, within: str
) -> None:
    variables = server.variables() if name == "GITHUB_TOKEN" else server.gitlab_variables()

    assert main(["post", str(folder), "--stack=dev"], {**variables, name: f"first{within}second"}) == 1

    said = capsys.readouterr().err
    assert f"the variable {name} has a character that no request can have" in said
    assert "first" not in said
    assert "second" not in said
    assert server.requests == []


def test_the_address_of_the_forge_has_a_default() -> None:
    place = surroundings.read({"GITHUB_REPOSITORY": "o/n", "GITHUB_TOKEN": "t"})

    assert "url='https://api.github.com'" in repr(place.forge)


def test_a_refusal_of_the_forge_is_a_failure(
    folder: Path, server: ForgeServer, capsys: pytest.CaptureFixture[str]
) -> None:
    variables = {**server.variables(), "GITHUB_TOKEN": "wrong", **event(folder, {"pull_request": {"number": 12}})}

    assert main(["post", str(folder), "--stack=dev"], variables) == 1

    assert "401" in capsys.readouterr().err


def test_drift_opens_one_issue_and_closes_it_when_it_is_gone(tmp_path: Path, server: ForgeServer) -> None:
    for number, replicas in enumerate((2, 3, 3, 4, 2, 2)):
        run = {"GITHUB_SERVER_URL": "https://forge.example", "GITHUB_RUN_ID": str(number)}
        drifted(tmp_path, replicas)
        assert main(["drift", str(tmp_path), "--stack=dev"], {**server.variables(), **run}) == 0

    (issue,) = server.issues
    assert issue["state"] == "closed"
    assert "is what the stack `dev` says again. [Log](https://forge.example/o" in issue["body"]
    assert [method for method, _ in server.requests] == [
        "GET",
        "GET",
        "POST",
        "GET",
        "GET",
        "PATCH",
        "GET",
        "PATCH",
        "GET",
    ]


def test_an_open_issue_shows_what_differs(tmp_path: Path, server: ForgeServer) -> None:
    drifted(tmp_path, 3)

    main(["drift", str(tmp_path), "--stack=dev"], server.variables())

    (issue,) = server.open_issues()
    assert issue["title"] == "The cluster is not what the stack dev says"
    assert "1 resource differs from the state." in issue["body"]
    assert "- spec.replicas: 2\n+ spec.replicas: 3\n" in issue["body"]


def test_drift_of_what_no_job_has_looked_at_is_not_known(
    tmp_path: Path, server: ForgeServer, capsys: pytest.CaptureFixture[str]
) -> None:
    run = {"GITHUB_SERVER_URL": "https://forge.example", "GITHUB_RUN_ID": "4"}

    assert main(["drift", str(tmp_path), "--stack=dev"], {**server.variables(), **run}) == 1

    assert "whether dev has drifted is not known: No preview was made: the job ended before." in capsys.readouterr().err


def test_where_drift_is_not_known_the_issue_stays_and_the_job_fails(
    tmp_path: Path, server: ForgeServer, capsys: pytest.CaptureFixture[str]
) -> None:
    drifted(tmp_path, 3)
    main(["drift", str(tmp_path), "--stack=dev"], server.variables())
    (tmp_path / "dev.json").write_text("")
    (tmp_path / "dev.errors").write_text("error: no such host: postgres://admin:hunter2@db/pulumi")

    assert main(["drift", str(tmp_path), "--stack=dev"], server.variables()) == 1

    assert len(server.open_issues()) == 1
    assert (
        "whether dev has drifted is not known: error: no such host: postgres://[secret]@db/pulumi\n"
        in capsys.readouterr().err
    )


def test_the_module_s_errors_are_of_one_kind() -> None:
    assert issubclass(ForgeError, Exception)
