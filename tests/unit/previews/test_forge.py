"""Comments and issues on a forge, over HTTP."""

from typing import Any

import pytest

from previews import sticky
from previews.api import Api, ForgeError
from previews.forge import Forge, GitHub, GitLab, Request
from tests.unit.previews.forge_server import LIMIT, TOKEN, ForgeServer

MARKER = "<!-- mine -->"
REQUEST = 5


def github(server: ForgeServer, token: str = TOKEN) -> GitHub:
    api = Api(url=server.url, headers={"Authorization": f"Bearer {token}"}, pause=lambda _: None)
    return GitHub(api=api, repository="owner/name")


def gitlab(server: ForgeServer) -> GitLab:
    server.account = "project_7_bot"
    return GitLab(api=Api(url=server.url, headers={"PRIVATE-TOKEN": TOKEN}, pause=lambda _: None), project="7")


@pytest.fixture(params=[github, gitlab], ids=["github", "gitlab"], name="forge")
def _forge(request: pytest.FixtureRequest, server: ForgeServer) -> Forge:
    made: Forge = request.param(server)
    return made


def bodies(server: ForgeServer) -> list[str]:
    return [each["body"] for each in server.comments.get(REQUEST, [])]


def test_one_comment_is_written_and_then_changed_in_place(forge: Forge, server: ForgeServer) -> None:
    server.add_comment(REQUEST, "hello", "somebody")

    done = [sticky.comment(forge, REQUEST, MARKER, f"{MARKER}\n{text}") for text in ("one", "two")]

    assert done == ["written", "changed"]
    assert bodies(server) == ["hello", f"{MARKER}\ntwo"]


def test_a_comment_behind_a_hundred_others_is_found(forge: Forge, server: ForgeServer) -> None:
    for number in range(250):
        server.add_comment(REQUEST, f"hello {number}", "somebody")
    server.add_comment(REQUEST, f"{MARKER}\r\nold", server.account)

    assert sticky.comment(forge, REQUEST, MARKER, f"{MARKER}\nnew") == "changed"
    assert len(bodies(server)) == 251
    assert bodies(server)[-1] == f"{MARKER}\nnew"


def test_a_stranger_s_comment_with_the_marker_is_not_touched(forge: Forge, server: ForgeServer) -> None:
    server.add_comment(REQUEST, f"{MARKER}\nplanted", "mallory")

    assert sticky.comment(forge, REQUEST, MARKER, f"{MARKER}\nreal") == "written"
    assert bodies(server) == [f"{MARKER}\nplanted", f"{MARKER}\nreal"]


def test_a_comment_that_quotes_the_marker_is_not_the_one(forge: Forge, server: ForgeServer) -> None:
    server.add_comment(REQUEST, f"see\n{MARKER}", server.account)
    server.add_comment(REQUEST, f"{MARKER} and more\n", server.account)

    assert sticky.comment(forge, REQUEST, MARKER, f"{MARKER}\nreal") == "written"


def test_an_issue_is_left_alone_where_only_the_link_of_the_log_is_another(forge: Forge, server: ForgeServer) -> None:
    def report(text: str, run: int) -> str:
        body = f"{MARKER}\n{text} [Log](https://forge.example/runs/{run})\n\nand more\n"
        return sticky.issue(forge, MARKER, "Drift", body, gone=MARKER)

    assert [report("one", 1), report("one", 2), report("two", 3)] == ["written", "left alone", "changed"]
    issue = server.issues[-1]
    issue["body"] = issue["description"] = issue["body"].replace("\n", "\r\n").rstrip()
    assert report("two", 4) == "left alone"


def test_an_issue_is_opened_changed_and_closed_with_its_matter(forge: Forge, server: ForgeServer) -> None:
    server.add_issue("Another", f"{MARKER}\nplanted", "mallory")

    def report(text: str | None) -> str:
        body = f"{MARKER}\n{text}" if text else None
        return sticky.issue(forge, MARKER, "Drift", body, gone=f"{MARKER}\ngone")

    done = [report(text) for text in (None, "one", "one", "two", None, None, "three")]

    assert done == ["left alone", "written", "left alone", "changed", "closed", "left alone", "written"]
    assert [(issue["title"], issue["body"], issue["state"]) for issue in server.issues] == [
        ("Another", f"{MARKER}\nplanted", "open"),
        ("Drift", f"{MARKER}\ngone", "closed"),
        ("Drift", f"{MARKER}\nthree", "open"),
    ]


def test_pull_requests_are_no_issues(server: ForgeServer) -> None:
    server.pulls = [{"number": 1, "state": "open", "pull_request": {}, "body": MARKER}]

    assert list(github(server).open_issues()) == []


def pull(number: int, label: str = "fork:topic", sha: str = "a" * 40, base: str = "main") -> dict[str, Any]:
    return {"number": number, "state": "open", "head": {"label": label, "sha": sha}, "base": {"ref": base}}


def run(owner: str | None, branch: str, commit: str) -> dict[str, Any]:
    repository = {"owner": {"login": owner}} if owner else None
    link = "https://forge.example/1"
    return {"head_repository": repository, "head_branch": branch, "head_sha": commit, "html_url": link}


def test_the_pull_request_of_a_run_is_found_and_one_that_moved_on_is_not(server: ForgeServer) -> None:
    server.pulls = [pull(3), pull(4, label="owner:topic", base="feature/a b"), pull(5, sha="b" * 40)]
    commit = "a" * 40

    assert github(server).pull_request(run("fork", "topic", commit)) == Request(
        number=3, commit=commit, branch="main", link="https://forge.example/1"
    )
    found = github(server).pull_request(run("owner", "topic", commit))
    assert found
    assert (found.number, found.branch) == (4, "feature/a b")
    for other in (run("fork", "topic", "c" * 40), run("other", "topic", commit), run(None, "topic", commit)):
        assert github(server).pull_request(other) is None


def test_of_two_pull_requests_from_one_branch_none_is_guessed(server: ForgeServer) -> None:
    server.pulls = [pull(3), pull(6, base="release")]

    assert github(server).pull_request(run("fork", "topic", "a" * 40)) is None


def test_a_commit_is_on_a_branch_if_the_forge_says_so(forge: Forge, server: ForgeServer) -> None:
    server.branches = {"main": ["a" * 40], "feature/x": ["b" * 40]}

    assert forge.has("main", "a" * 40)
    assert forge.has("feature/x", "b" * 40)
    assert not forge.has("main", "b" * 40)
    assert not forge.has("main", "c" * 40)
    server.faults = [403]
    assert not forge.has("main", "a" * 40)


JOB = {"ref": "refs/merge-requests/5/head", "pipeline": {"id": 70}, "web_url": "https://forge.example/jobs/9"}
MERGE_REQUEST = {"state": "opened", "sha": "a" * 40, "target_branch": "main", "head_pipeline": {"id": 70}}


@pytest.mark.parametrize("ref", ["refs/merge-requests/5/head", "refs/merge-requests/5/merge"])
def test_the_merge_request_of_a_job_is_found(server: ForgeServer, ref: str) -> None:
    server.jobs, server.merge_requests = {9: {**JOB, "ref": ref}}, {5: MERGE_REQUEST}

    assert gitlab(server).merge_request(9) == Request(
        number=5, commit="a" * 40, branch="main", link="https://forge.example/jobs/9"
    )


@pytest.mark.parametrize(
    ("job", "request_"),
    [
        ({"ref": "main"}, {}),
        ({"ref": "refs/merge-requests/5/head/x"}, {}),
        ({"pipeline": {"id": 69}}, {}),
        ({"pipeline": None}, {"head_pipeline": {}}),
        ({}, {"state": "merged"}),
    ],
)
def test_a_job_of_no_merge_request_or_of_an_old_pipeline_has_none(
    server: ForgeServer, job: dict[str, Any], request_: dict[str, Any]
) -> None:
    server.jobs, server.merge_requests = {9: {**JOB, **job}}, {5: {**MERGE_REQUEST, **request_}}

    assert gitlab(server).merge_request(9) is None


def test_a_job_that_is_not_there_is_an_error(server: ForgeServer) -> None:
    with pytest.raises(ForgeError, match=r"/jobs/9: 404"):
        gitlab(server).merge_request(9)


@pytest.mark.parametrize("fault", [None, 429, 500, 503])
def test_what_may_be_repeated_is_repeated(server: ForgeServer, fault: int | None) -> None:
    server.faults = [fault, fault]

    assert list(github(server).comments(REQUEST)) == []
    assert len(server.requests) == 3


@pytest.mark.parametrize("fault", [None, 502])
def test_a_new_comment_is_not_sent_twice(server: ForgeServer, fault: int | None) -> None:
    server.faults = [fault]

    with pytest.raises(ForgeError):
        github(server).add_comment(REQUEST, "hello")

    assert len(server.requests) == 1


def test_in_the_end_it_gives_up_and_says_so(server: ForgeServer) -> None:
    server.faults = [503, 503, 503]

    with pytest.raises(ForgeError, match=r"GET 127.0.0.1:\d+/repos/owner/name/issues/5/comments: 503 .*; not now"):
        list(github(server).comments(REQUEST))


def test_a_forge_that_is_not_there_is_named() -> None:
    forge = GitHub(
        api=Api(url="http://127.0.0.1:9", headers={}, pause=lambda _: None, timeout=1), repository="owner/name"
    )

    with pytest.raises(ForgeError, match=r"127.0.0.1:9/repos/owner/name/issues: no answer .*is the address right"):
        list(forge.open_issues())


def test_a_refusal_names_cause_and_remedy_and_never_the_token(server: ForgeServer) -> None:
    with pytest.raises(ForgeError) as refusal:
        github(server, "wrong-token").add_comment(REQUEST, "hello")

    assert "401 Unauthorized; Bad credentials; the token is wrong or has expired" in str(refusal.value)
    assert "wrong-token" not in str(refusal.value)
    assert "wrong-token" not in repr(github(server, "wrong-token"))


@pytest.mark.parametrize("token", ["hunter2\n", "hunter2\u20ac"], ids=["line-end", "not-latin"])
def test_of_a_request_that_cannot_be_made_the_token_is_not_shown(server: ForgeServer, token: str) -> None:
    with pytest.raises(ForgeError, match=r"the address or a header has a character") as refusal:
        github(server, token).add_comment(REQUEST, "hello")

    assert "hunter2" not in str(refusal.value)
    assert refusal.value.__suppress_context__


def test_what_is_too_long_is_refused_by_the_forge(server: ForgeServer) -> None:
    with pytest.raises(ForgeError, match=r"422 .*; Body is too long .*; the forge refuses what was sent"):
        github(server).add_comment(REQUEST, "x" * (LIMIT + 1))


def test_an_error_without_an_explanation_is_an_error_too(server: ForgeServer) -> None:
    server.faults = [418]

    with pytest.raises(ForgeError, match="418"):
        github(server).add_comment(REQUEST, "hello")


def test_the_token_is_not_carried_elsewhere(server: ForgeServer) -> None:
    server.faults = [307]

    with pytest.raises(ForgeError, match="307"):
        list(github(server).comments(REQUEST))

    assert [path for _, path in server.requests] == ["/repos/owner/name/issues/5/comments"]


def test_an_address_on_which_the_token_could_be_read_is_refused() -> None:
    with pytest.raises(ForgeError, match=r"'http://forge.example' does not begin with https://"):
        Api(url="http://forge.example", headers={})
    Api(url="https://forge.example", headers={})


def test_an_answer_that_is_no_json_is_refused(server: ForgeServer) -> None:
    with pytest.raises(ForgeError, match=r"the answer is no JSON; is .* the address of the API"):
        github(server).api.send("GET", "/repos/owner/name/text")


def test_an_answer_that_is_no_list_has_no_entries(server: ForgeServer) -> None:
    assert list(gitlab(server).api.pages("/user")) == []


def test_an_account_that_is_not_told_owns_nothing(server: ForgeServer) -> None:
    server.add_comment(REQUEST, MARKER, "")
    server.comments[REQUEST][0]["user"] = None

    (entry,) = github(server).comments(REQUEST)

    assert entry.author == ""
