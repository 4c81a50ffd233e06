"""What is posted of what another job left: it ran foreign code, so nothing of it is believed, and it breaks nothing."""

import json
from pathlib import Path
from typing import Any

import pytest

from previews import comment
from previews.__main__ import main
from tests.unit.previews.forge_server import ForgeServer
from tests.unit.previews.jobs import BASE, HEAD, PULL, run_event


@pytest.mark.parametrize("base", [None, "", "main", "e" * 40])
def test_another_job_cannot_claim_to_have_had_the_stacks_own_state(
    folder: Path, tmp_path: Path, server: ForgeServer, base: str | None
) -> None:
    server.pulls, server.branches = [PULL], {"main": [BASE], "release": ["e" * 40]}
    if base is not None:
        (folder / "base").write_text(base)

    assert main(["post", str(folder), "--stack=dev"], {**server.variables(), **run_event(tmp_path)}) == 0

    body = server.comments[3][0]["body"]
    assert "**without credentials** by the code of the change itself: compared with **no known commit** of" in body
    assert "own state" not in body
    assert "e" * 40 not in body


def test_what_another_job_compared_with_is_shown_if_the_forge_knows_it(
    folder: Path, tmp_path: Path, server: ForgeServer
) -> None:
    server.pulls, server.branches = [PULL], {"main": [BASE]}
    (folder / "base").write_text(BASE)

    assert main(["post", str(folder), "--stack=dev"], {**server.variables(), **run_event(tmp_path)}) == 0

    assert f"compared with the base branch at `{BASE}`" in server.comments[3][0]["body"]


def test_on_gitlab_a_job_of_the_default_branch_posts_what_a_job_of_the_merge_request_left(
    folder: Path, server: ForgeServer
) -> None:
    server.jobs = {
        9: {"ref": "refs/merge-requests/5/head", "pipeline": {"id": 7}, "web_url": "https://forge.example/9"}
    }
    server.merge_requests = {
        5: {"state": "opened", "sha": HEAD, "target_branch": "main", "head_pipeline": {"id": 7}},
    }
    server.branches = {"main": [BASE]}
    (folder / "base").write_text(BASE)
    variables = {**server.gitlab_variables(), "COMPARE_JOB": "9", "CI_COMMIT_SHA": "c" * 40}

    assert main(["post", str(folder), "--stack=dev"], variables) == 0

    (only,) = server.comments[5]
    assert f"Commit `{HEAD}`" in only["body"]
    assert f"compared with the base branch at `{BASE}`" in only["body"]
    assert "[Log](https://forge.example/9)" in only["body"]


def test_a_job_is_named_by_its_number(folder: Path, server: ForgeServer, capsys: pytest.CaptureFixture[str]) -> None:
    variables = {**server.gitlab_variables(), "COMPARE_JOB": "9/../.."}

    assert main(["post", str(folder), "--stack=dev"], variables) == 1

    assert "COMPARE_JOB is '9/../..', and no number of a job" in capsys.readouterr().err


DEEP = "[" * 100_000


@pytest.mark.parametrize(
    ("preview", "events"),
    [
        pytest.param({"steps": [], "changeSummary": {"create": "x"}}, "", id="count"),
        pytest.param({"steps": []}, f'{{"policyEvent": {DEEP}', id="events"),
    ],
)
def test_a_stack_that_cannot_be_read_is_named_and_the_others_are_shown(
    folder: Path, tmp_path: Path, server: ForgeServer, preview: dict[str, Any], events: str
) -> None:
    server.pulls = [PULL]
    server.add_comment(3, f"{comment.MARKER}\nold", server.account)
    (folder / "prod.json").write_text(json.dumps(preview))
    (folder / "prod.events").write_text(events)

    stacks = ["--stack=dev", "--stack=prod"]
    assert main(["post", str(folder), *stacks], {**server.variables(), **run_event(tmp_path)}) == 0

    (only,) = server.comments[3]
    assert "my-nginx-key" in only["body"]
    assert "The preview is unreadable" in only["body"].partition("### Stack `prod`")[2]
