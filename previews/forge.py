"""What is needed of a forge: the comments of a request to merge, and issues. GitHub's and GitLab's way."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import quote, urlencode

from previews.api import Api, ForgeError

_REQUEST = re.compile(r"refs/merge-requests/(\d+)/(?:head|merge)")
"""What GitLab calls the commits of a merge request, and those of its merge with its target."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A comment or an issue.

    Attributes:
        number: What the forge calls it by.
        body: Its text.
        author: Login of the account that wrote it.
    """

    number: int
    body: str
    author: str


@dataclass(frozen=True, kw_only=True)
class Request:
    """A request to merge, as the forge itself tells of it.

    Attributes:
        number: What the forge calls it by.
        commit: Its newest commit.
        branch: The branch that it is to be merged into.
        link: Address of the log of the job that looked at it.
    """

    number: int
    commit: str
    branch: str
    link: str


class Forge(Protocol):
    """A forge, seen by one account."""

    def has(self, branch: str, commit: str) -> bool:
        """Whether a commit is on a branch; not if the forge does not say so."""

    def own_login(self) -> str:
        """Login of the account whose token is used."""

    def comments(self, request: int) -> Iterator[Entry]:
        """Yield the comments of a request to merge, the oldest first."""

    def add_comment(self, request: int, body: str) -> None:
        """Write a new comment."""

    def edit_comment(self, request: int, number: int, body: str) -> None:
        """Give a comment another text."""

    def open_issues(self) -> Iterator[Entry]:
        """Yield the open issues."""

    def add_issue(self, title: str, body: str) -> None:
        """Open an issue."""

    def edit_issue(self, number: int, title: str, body: str) -> None:
        """Give an issue another title and text."""

    def close_issue(self, number: int, body: str) -> None:
        """Close an issue with a last text."""


@dataclass(frozen=True, kw_only=True)
class GitHub:
    """GitHub's REST API.

    Attributes:
        api: The API.
        repository: `owner/name`.
        login: The account of the token. A job's own token is not allowed to ask.
    """

    api: Api
    repository: str
    login: str = "github-actions[bot]"

    def own_login(self) -> str:
        """Login of the account whose token is used."""
        return self.login

    def comments(self, request: int) -> Iterator[Entry]:
        """Yield the comments of a pull request, the oldest first."""
        for raw in self.api.pages(f"{self._issues}/{request}/comments"):
            yield _entry(raw, "id", "user", "login")

    def add_comment(self, request: int, body: str) -> None:
        """Write a new comment."""
        self.api.send("POST", f"{self._issues}/{request}/comments", {"body": body})

    def edit_comment(self, request: int, number: int, body: str) -> None:
        """Give a comment another text."""
        del request
        self.api.send("PATCH", f"{self._issues}/comments/{number}", {"body": body})

    def open_issues(self) -> Iterator[Entry]:
        """Yield the open issues; GitHub counts pull requests among them, and these are left out."""
        for raw in self.api.pages(self._issues, state="open"):
            if "pull_request" not in raw:
                yield _entry(raw, "number", "user", "login")

    def add_issue(self, title: str, body: str) -> None:
        """Open an issue."""
        self.api.send("POST", self._issues, {"title": title, "body": body})

    def edit_issue(self, number: int, title: str, body: str) -> None:
        """Give an issue another title and text."""
        self.api.send("PATCH", f"{self._issues}/{number}", {"title": title, "body": body})

    def close_issue(self, number: int, body: str) -> None:
        """Close an issue with a last text."""
        closed = {"body": body, "state": "closed", "state_reason": "completed"}
        self.api.send("PATCH", f"{self._issues}/{number}", closed)

    def has(self, branch: str, commit: str) -> bool:
        """Whether a commit is on a branch; not if the forge does not say so."""
        compared = _told(self.api, f"/repos/{self.repository}/compare/{commit}...{quote(branch)}?per_page=1")
        return compared.get("status") in ("ahead", "identical")

    def pull_request(self, run: Mapping[str, object]) -> Request | None:
        """The open pull request that a run of a workflow was about.

        None if there is none whose newest commit this still is, or if there are several: of one branch there can be
        requests to several branches, and nothing but what the run itself left says which of them it was.

        Args:
            run: The run, as the forge tells of it.
        """
        owner = _inner(_inner(run, "head_repository"), "owner").get("login")
        head, commit = f"{owner}:{run.get('head_branch')}", run.get("head_sha")
        pulls = self.api.pages(f"/repos/{self.repository}/pulls", state="open", head=head) if owner else ()
        found = [raw for raw in pulls if _inner(raw, "head").get("sha") == commit]
        if len(found) != 1:
            return None
        return Request(
            number=int(str(found[0]["number"])),
            commit=str(commit),
            branch=str(_inner(found[0], "base").get("ref", "")),
            link=str(run.get("html_url", "")),
        )

    @property
    def _issues(self) -> str:
        return f"/repos/{self.repository}/issues"


@dataclass(frozen=True, kw_only=True)
class GitLab:
    """GitLab's REST API.

    Attributes:
        api: The API.
        project: Number of the project.
    """

    api: Api
    project: str

    def own_login(self) -> str:
        """Login of the account whose token is used."""
        return str(self.api.one("/user").get("username"))

    def comments(self, request: int) -> Iterator[Entry]:
        """Yield the comments of a merge request, the oldest first."""
        for raw in self.api.pages(self._notes(request), sort="asc", order_by="created_at"):
            yield _entry(raw, "id", "author", "username")

    def add_comment(self, request: int, body: str) -> None:
        """Write a new comment."""
        self.api.send("POST", self._notes(request), {"body": body})

    def edit_comment(self, request: int, number: int, body: str) -> None:
        """Give a comment another text."""
        self.api.send("PUT", f"{self._notes(request)}/{number}", {"body": body})

    def open_issues(self) -> Iterator[Entry]:
        """Yield the open issues."""
        for raw in self.api.pages(self._issues, state="opened"):
            yield _entry({**raw, "body": raw.get("description")}, "iid", "author", "username")

    def add_issue(self, title: str, body: str) -> None:
        """Open an issue."""
        self.api.send("POST", self._issues, {"title": title, "description": body})

    def edit_issue(self, number: int, title: str, body: str) -> None:
        """Give an issue another title and text."""
        self.api.send("PUT", f"{self._issues}/{number}", {"title": title, "description": body})

    def close_issue(self, number: int, body: str) -> None:
        """Close an issue with a last text."""
        self.api.send("PUT", f"{self._issues}/{number}", {"description": body, "state_event": "close"})

    def has(self, branch: str, commit: str) -> bool:
        """Whether a commit is on a branch; not if the forge does not say so."""
        refs = urlencode([("refs[]", commit), ("refs[]", branch)])
        return _told(self.api, f"/projects/{self.project}/repository/merge_base?{refs}").get("id") == commit

    def merge_request(self, job: int) -> Request | None:
        """The open merge request that a job was about; None if there is none whose newest pipeline has this job.

        Args:
            job: Number of the job.
        """
        told = self.api.one(f"/projects/{self.project}/jobs/{job}")
        about = _REQUEST.fullmatch(str(told.get("ref")))
        if about is None:
            return None
        request = self.api.one(f"/projects/{self.project}/merge_requests/{about[1]}")
        newest = _inner(request, "head_pipeline").get("id")
        if request.get("state") != "opened" or newest is None or newest != _inner(told, "pipeline").get("id"):
            return None
        return Request(
            number=int(about[1]),
            commit=str(request.get("sha")),
            branch=str(request.get("target_branch")),
            link=str(told.get("web_url", "")),
        )

    def _notes(self, request: int) -> str:
        return f"/projects/{self.project}/merge_requests/{request}/notes"

    @property
    def _issues(self) -> str:
        return f"/projects/{self.project}/issues"


def _told(api: Api, path: str) -> Mapping[str, object]:
    """What the forge tells of something; nothing if it refuses or does not know it."""
    try:
        return api.one(path)
    except ForgeError:
        return {}


def _inner(raw: Mapping[str, object], key: str) -> Mapping[str, object]:
    value = raw.get(key)
    return value if isinstance(value, dict) else {}


def _entry(raw: Mapping[str, object], number: str, author: str, login: str) -> Entry:
    return Entry(
        number=int(str(raw[number])),
        body=str(raw.get("body") or ""),
        author=str(_inner(raw, author).get(login, "")),
    )
