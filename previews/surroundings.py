"""Where a job runs: which forge, which request to merge, which commit. Read from the variables of GitHub or GitLab."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from previews.api import Api, ForgeError
from previews.forge import Forge, GitHub, GitLab, Request

Variables = Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """Where a job runs.

    Attributes:
        forge: The forge, with the job's token.
        request: Number of the request to merge; None if the job is about none.
        commit: The commit that it is about; empty if unknown.
        link: Address of the job's log; empty if unknown.
        foreign: Whether it only passes on what another job has left, which ran the code of the request.
        branch: The branch that the request is to be merged into; empty if unknown.
    """

    forge: Forge
    request: int | None
    commit: str = ""
    link: str = ""
    foreign: bool = False
    branch: str = ""


def read(variables: Variables) -> Surroundings:
    """Find out where the job runs.

    Args:
        variables: The environment. On GitHub GITHUB_TOKEN has to be among them, on GitLab FORGE_TOKEN: an access
            token of the project with the scope `api`.

    Raises:
        ForgeError: A variable is missing or cannot be sent, or the forge was asked in vain.
    """
    if "GITHUB_REPOSITORY" in variables:
        return _github(variables)
    if "CI_PROJECT_ID" in variables:
        return _gitlab(variables)
    raise ForgeError("this is neither a job of GitHub (GITHUB_REPOSITORY) nor of GitLab (CI_PROJECT_ID)")


def link(variables: Variables) -> str:
    """Address of the job's log; empty outside of a forge."""
    if "GITHUB_RUN_ID" in variables:
        server, repository = _needed(variables, "GITHUB_SERVER_URL"), _needed(variables, "GITHUB_REPOSITORY")
        return f"{server}/{repository}/actions/runs/{variables['GITHUB_RUN_ID']}"
    return variables.get("CI_JOB_URL", "")


def commit(variables: Variables) -> str:
    """The commit that the job is about; empty outside of a forge."""
    return variables.get("GITHUB_SHA") or variables.get("CI_COMMIT_SHA", "")


def _github(variables: Variables) -> Surroundings:
    token = _needed(variables, "GITHUB_TOKEN")
    api = Api(
        url=variables.get("GITHUB_API_URL", "https://api.github.com"),
        headers={"Authorization": f"Bearer {token}", "X-GitHub-Api-Version": "2022-11-28"},
    )
    forge = GitHub(api=api, repository=_needed(variables, "GITHUB_REPOSITORY"))
    event = _event(variables)
    run = event.get("workflow_run")
    if isinstance(run, dict):
        return _passing_on(forge, forge.pull_request(run))
    request = event.get("pull_request")
    number = request.get("number") if isinstance(request, dict) else None
    return Surroundings(forge=forge, request=number, commit=commit(variables), link=link(variables))


def _passing_on(forge: Forge, request: Request | None) -> Surroundings:
    """Where a job runs that passes on what another job has left.

    Of the request to merge only the forge is believed, never what that job left: it ran foreign code. A request whose
    branch has moved on since has a job of its own coming.
    """
    if request is None:
        return Surroundings(forge=forge, request=None, foreign=True)
    return Surroundings(
        forge=forge,
        request=request.number,
        commit=request.commit,
        link=request.link,
        foreign=True,
        branch=request.branch,
    )


def _gitlab(variables: Variables) -> Surroundings:
    api = Api(url=_needed(variables, "CI_API_V4_URL"), headers={"PRIVATE-TOKEN": _needed(variables, "FORGE_TOKEN")})
    forge = GitLab(api=api, project=variables["CI_PROJECT_ID"])
    if job := variables.get("COMPARE_JOB"):
        if not job.isdecimal():
            raise ForgeError(f"COMPARE_JOB is {job!r}, and no number of a job")
        return _passing_on(forge, forge.merge_request(int(job)))
    number = variables.get("CI_MERGE_REQUEST_IID")
    return Surroundings(
        forge=forge,
        request=int(number) if number else None,
        commit=commit(variables),
        link=link(variables),
    )


def _event(variables: Variables) -> Mapping[str, object]:
    file = variables.get("GITHUB_EVENT_PATH")
    event = json.loads(Path(file).read_text()) if file else {}
    return event if isinstance(event, dict) else {}


def _needed(variables: Variables, name: str) -> str:
    # A line end comes with what is copied from a terminal.
    value = variables.get(name, "").strip()
    if not value:
        raise ForgeError(f"the variable {name} is not set")
    if not (value.isascii() and value.isprintable()):
        # The value is not shown: it may be the token.
        raise ForgeError(f"the variable {name} has a character that no request can have; copy its value again")
    return value
