"""A small forge: a real HTTP server on loopback that keeps comments and issues as GitHub and GitLab do."""

import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

Route = Callable[..., tuple[int, Any]]

TOKEN = "a-token-of-the-forge"
LIMIT = 65_536
GITHUB = "/repos/owner/name"
GITLAB = "/projects/7"


@dataclass
class ForgeServer:
    """The forge.

    Attributes:
        comments: Comments by request to merge, as the forge's API gives them.
        issues: All issues, closed ones too.
        pulls: Open pull requests.
        branches: Commits by branch.
        jobs: Jobs by number, as GitLab gives them.
        merge_requests: Merge requests by number, as GitLab gives them.
        artifacts: What jobs left, as archives.
        requests: Method and path of every request, in order.
        faults: Answers to give before the right one: a status, or None to hang up.
        account: Login of the token's account.
    """

    comments: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    issues: list[dict[str, Any]] = field(default_factory=list)
    pulls: list[dict[str, Any]] = field(default_factory=list)
    branches: dict[str, list[str]] = field(default_factory=dict)
    jobs: dict[int, dict[str, Any]] = field(default_factory=dict)
    merge_requests: dict[int, dict[str, Any]] = field(default_factory=dict)
    artifacts: dict[int, bytes] = field(default_factory=dict)
    requests: list[tuple[str, str]] = field(default_factory=list)
    faults: list[int | None] = field(default_factory=list)
    account: str = "github-actions[bot]"
    url: str = ""
    last_number: int = 100

    def number(self) -> int:
        self.last_number += 1
        return self.last_number

    def add_comment(self, request: int, body: str, login: str) -> None:
        entry = {"id": self.number(), "body": body, "user": {"login": login}, "author": {"username": login}}
        self.comments.setdefault(request, []).append(entry)

    def add_issue(self, title: str, body: str, login: str = "somebody") -> dict[str, Any]:
        number = self.number()
        issue = {
            "number": number, "iid": number, "title": title, "body": body, "description": body, "state": "open",
            "user": {"login": login}, "author": {"username": login},
        }  # fmt: skip
        self.issues.append(issue)
        return issue

    def open_issues(self) -> list[dict[str, Any]]:
        return [issue for issue in self.issues if issue["state"] == "open"]

    def variables(self) -> dict[str, str]:
        """The environment of a job on GitHub whose forge this is."""
        return {"GITHUB_API_URL": self.url, "GITHUB_REPOSITORY": "owner/name", "GITHUB_TOKEN": TOKEN}

    def gitlab_variables(self) -> dict[str, str]:
        """The environment of a job on GitLab whose forge this is."""
        return {"CI_API_V4_URL": self.url, "CI_PROJECT_ID": "7", "FORGE_TOKEN": TOKEN}


class Handler(BaseHTTPRequestHandler):
    """Answers one request."""

    server: "_Server"

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def do_PATCH(self) -> None:
        self._answer()

    def do_PUT(self) -> None:
        self._answer()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""

    def _answer(self) -> None:
        forge = self.server.forge
        address = urlsplit(self.path)
        forge.requests.append((self.command, address.path))
        sent = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or "null")
        if forge.faults:
            fault = forge.faults.pop(0)
            if fault is not None:
                self._send(fault, b"<html>" if fault == 418 else {"message": "not now"})
            return
        if TOKEN not in (self.headers.get("Authorization", "").removeprefix("Bearer "), self.headers["PRIVATE-TOKEN"]):
            self._send(401, {"message": "Bad credentials"})
            return
        if sent and len(sent.get("body") or sent.get("description") or "") > LIMIT:
            self._send(422, {"message": f"Body is too long (maximum is {LIMIT} characters)"})
            return
        status, found = _route(forge, self.command, address.path, sent or parse_qs(address.query))
        if isinstance(found, list):
            query = {key: values[0] for key, values in parse_qs(address.query).items()}
            found = [each for each in found if _matches(each, query)]
            size, page = int(query.get("per_page", 30)), int(query.get("page", 1))
            found = found[size * (page - 1) : size * page]
        self._send(status, found)

    def _send(self, status: int, content: object) -> None:
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(status)
        if status in (301, 307):
            self.send_header("Location", f"{self.server.forge.url}/elsewhere")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class _Server(ThreadingHTTPServer):
    forge: ForgeServer


@contextmanager
def serving() -> Iterator[ForgeServer]:
    """Serve a forge until the end of the block."""
    server = _Server(("127.0.0.1", 0), Handler)
    server.forge = ForgeServer(url=f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.forge
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _route(forge: ForgeServer, method: str, path: str, sent: dict[str, Any]) -> tuple[int, Any]:
    for repository, kind in ((GITHUB, "github"), (GITLAB, "gitlab")):
        if path.startswith(f"{repository}/"):
            for pattern, answer in _ROUTES[kind].items():
                if match := re.fullmatch(pattern, f"{method} {path.removeprefix(repository)}"):
                    return answer(forge, sent, *(int(each) if each.isdecimal() else each for each in match.groups()))
    if path == "/user":
        return 200, {"username": forge.account}
    if path == f"{GITHUB}/text":
        return 200, b"<html>"
    return 404, {"message": "Not Found"}


def _listed(forge: ForgeServer, sent: dict[str, Any], request: int) -> tuple[int, Any]:
    return 200, forge.comments.get(request, [])


def _commented(forge: ForgeServer, sent: dict[str, Any], request: int) -> tuple[int, Any]:
    forge.add_comment(request, sent["body"], forge.account)
    return 201, forge.comments[request][-1]


def _known(entries: Mapping[int, Any], number: int) -> tuple[int, Any]:
    return (200, entries[number]) if number in entries else (404, {"message": "Not Found"})


def _compared(forge: ForgeServer, sent: dict[str, Any], commit: str, branch: str) -> tuple[int, Any]:
    if not any(commit in commits for commits in forge.branches.values()):
        return 404, {"message": "Not Found"}
    return 200, {"status": "ahead" if commit in forge.branches.get(branch, []) else "diverged"}


def _merge_base(forge: ForgeServer, sent: dict[str, Any]) -> tuple[int, Any]:
    commit, branch = sent["refs[]"]
    return 200, {"id": commit if commit in forge.branches.get(branch, []) else "f" * 40}


def _edited(forge: ForgeServer, sent: dict[str, Any], *numbers: int) -> tuple[int, Any]:
    for entries in forge.comments.values():
        for entry in entries:
            if entry["id"] == numbers[-1]:
                entry["body"] = sent["body"]
                return 200, entry
    return 404, {"message": "Not Found"}


def _opened(forge: ForgeServer, sent: dict[str, Any]) -> tuple[int, Any]:
    return 201, forge.add_issue(sent["title"], sent.get("body") or sent["description"], forge.account)


def _changed(forge: ForgeServer, sent: dict[str, Any], number: int) -> tuple[int, Any]:
    issue = next(each for each in forge.issues if each["number"] == number)
    text = sent.get("body") or sent.get("description")
    state = "closed" if sent.get("state") == "closed" or sent.get("state_event") == "close" else issue["state"]
    issue.update({"title": sent.get("title", issue["title"]), "body": text, "description": text, "state": state})
    return 200, issue


def _matches(entry: dict[str, Any], query: dict[str, str]) -> bool:
    state = {"opened": "open"}.get(query.get("state", ""), query.get("state"))
    label = entry.get("head", {}).get("label")
    return state in (None, entry.get("state")) and ("head" not in query or query["head"] == label)


_ROUTES: dict[str, dict[str, Route]] = {
    "github": {
        r"GET /issues/(\d+)/comments": _listed,
        r"POST /issues/(\d+)/comments": _commented,
        r"PATCH /issues/comments/(\d+)": _edited,
        r"GET /issues": lambda forge, sent: (200, forge.issues + forge.pulls),
        r"POST /issues": _opened,
        r"PATCH /issues/(\d+)": _changed,
        r"GET /pulls": lambda forge, sent: (200, forge.pulls),
        r"GET /compare/(\w+)\.\.\.(.+)": _compared,
    },
    "gitlab": {
        r"GET /merge_requests/(\d+)/notes": _listed,
        r"POST /merge_requests/(\d+)/notes": _commented,
        r"PUT /merge_requests/(\d+)/notes/(\d+)": _edited,
        r"GET /issues": lambda forge, sent: (200, forge.issues),
        r"POST /issues": _opened,
        r"PUT /issues/(\d+)": _changed,
        r"GET /jobs/(\d+)": lambda forge, sent, number: _known(forge.jobs, number),
        r"GET /jobs/(\d+)/artifacts": lambda forge, sent, number: _known(forge.artifacts, number),
        r"GET /merge_requests/(\d+)": lambda forge, sent, number: _known(forge.merge_requests, number),
        r"GET /repository/merge_base": _merge_base,
    },
}
