"""What is needed of a forge: the comments of a request to merge, and issues. GitHub's and GitLab's way."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from previews.api import Api


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


class Forge(Protocol):
    """A forge, seen by one account."""

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

    def pull_request(self, owner: str, branch: str, commit: str) -> int | None:
        """Number of the open pull request whose newest commit this is; None if there is none.

        Args:
            owner: Owner of the repository that the branch is in.
            branch: The branch.
            commit: Its newest commit.
        """
        for raw in self.api.pages(f"/repos/{self.repository}/pulls", state="open", head=f"{owner}:{branch}"):
            head = raw.get("head")
            if isinstance(head, dict) and head.get("sha") == commit:
                return int(str(raw["number"]))
        return None

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
        user = self.api.send("GET", "/user")
        return str(user.get("username")) if isinstance(user, dict) else ""

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

    def _notes(self, request: int) -> str:
        return f"/projects/{self.project}/merge_requests/{request}/notes"

    @property
    def _issues(self) -> str:
        return f"/projects/{self.project}/issues"


def _entry(raw: Mapping[str, object], number: str, author: str, login: str) -> Entry:
    account = raw.get(author)
    return Entry(
        number=int(str(raw[number])),
        body=str(raw.get("body") or ""),
        author=str(account.get(login)) if isinstance(account, dict) else "",
    )
