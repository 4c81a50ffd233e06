"""The workflows, step by step: against a bare repository, a small forge and the lab."""

import base64
import hashlib
import json
import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.e2e import driver, site_stack
from tests.e2e.workflow_author import PULL_REQUEST, Author, configuration, namespace
from tests.e2e.workflow_runner import Runner, Step, steps
from tests.unit.previews import forge_server
from tests.unit.previews.forge_server import ForgeServer

WORKFLOWS = sorted((driver.REPOSITORY / ".github" / "workflows").glob("*.yml"))
SECRETS = {"secrets.PULUMI_CONFIG_PASSPHRASE": "correct horse battery staple", "github.token": forge_server.TOKEN}
# What a step may be: a target of make, with git or a redirection around it at most.
_STEP = re.compile(
    r"(?:sudo --preserve-env=CI,PATH )?make (?:--silent )?[a-z0-9-]+(?: BASE=HEAD\^1)?"
    r"(?: >> \"\$GITHUB_STEP_SUMMARY\")?"
    r"|git checkout --quiet --detach \"\$\(make --silent deployed\)\""
    # An approval is waited for, and nothing else is done but to see to it that somebody was asked.
    r"|test \"\$NEEDED\" = false \|\| test \"\$APPROVAL\" = reviewed"
    r" \|\| \{ echo \"::error::(?:[\w .(),/-]|\$[A-Z]+)+\"; exit 1; \}"
)


@pytest.fixture
def server() -> Iterator[ForgeServer]:
    with forge_server.serving() as forge:
        yield forge


@pytest.fixture
def author(project: Path, tmp_path: Path) -> Author:
    return Author(project, tmp_path / "repository.git")


@pytest.fixture
def runner(author: Author, tmp_path: Path, server: ForgeServer) -> Iterator[Runner]:
    """A machine for jobs; what they deployed is removed in the end."""
    backend = tmp_path / "backend"
    backend.mkdir()
    contexts = {
        **SECRETS,
        "secrets.PULUMI_BACKEND_URL": f"file://{backend}",
        # As a forge gives a secret that nobody has set.
        "secrets.PULUMI_ACCESS_TOKEN": "",
        "secrets.KUBECONFIG_TEXT": driver.KUBECONFIG.read_text(),
        "vars.KUBE_CONTEXT": "lab",
        "vars.APPROVAL": "reviewed",
        "inputs.approval": "true",
    }
    variables = {
        "GITHUB_API_URL": server.url,
        "GITHUB_REPOSITORY": "owner/name",
        "GITHUB_SERVER_URL": "https://forge.example",
        "GITHUB_RUN_ID": "1",
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"),
    }
    made = Runner(tmp_path, tmp_path / "repository.git", contexts, variables)
    yield made
    for stack in {file.stem for file in backend.glob(".pulumi/stacks/secure-nginx/*.json")}:
        _pulumi(made, stack, "destroy", "--yes", "--skip-preview")


def _pulumi(runner: Runner, stack: str, *arguments: str) -> str:
    """Run a lab command on a stack, as somebody with all credentials would."""
    if not runner.workspace.exists():
        runner.check_out("main", 0)
    (runner.workspace / ".kubeconfig").write_text(runner.contexts["secrets.KUBECONFIG_TEXT"])
    command = " ".join(arguments)
    words = f"destroy --stack={stack}" if arguments[0] == "destroy" else f"pulumi --stack={stack} -- {command}"
    return _well([runner.run(f".venv/bin/python -m lab {words}", _credentials(runner))])[0].output


def _credentials(runner: Runner) -> dict[str, str]:
    return {
        "PULUMI_BACKEND_URL": runner.contexts["secrets.PULUMI_BACKEND_URL"],
        "PULUMI_CONFIG_PASSPHRASE": runner.contexts["secrets.PULUMI_CONFIG_PASSPHRASE"],
        "KUBECONFIG": str(runner.workspace / ".kubeconfig"),
        "KUBE_CONTEXT": "lab",
    }


def _well(done: list[Step]) -> list[Step]:
    for step in done:
        assert step.code == 0, f"{step.command}\n{step.output}"
    return done


def _propose(author: Author, runner: Runner, server: ForgeServer, **values: Any) -> list[Step]:
    """Open or change the pull request, and let both preview workflows run."""
    head = author.propose(**values)
    server.pulls = [{"number": PULL_REQUEST, "state": "open", "head": {"label": "fork:topic", "sha": head}}]
    compared = runner.job("preview.yml", "compare", f"refs/pull/{PULL_REQUEST}/merge")
    event = {
        "workflow_run": {
            "head_sha": head,
            "head_branch": "topic",
            "head_repository": {"owner": {"login": "fork"}},
            "html_url": "https://forge.example/runs/1",
        }
    }
    (runner.folder / "event.json").write_text(json.dumps(event))
    runner.variables = {**runner.variables, "GITHUB_EVENT_PATH": str(runner.folder / "event.json")}
    _well(runner.job("preview-comment.yml", "post", "main", **{"github.event.workflow_run.id": "1"}))
    return compared


def test_every_step_is_a_make_target_and_nothing_of_an_event_is_in_a_command() -> None:
    commands = [step["run"] for file in WORKFLOWS for step in steps(file) if "run" in step]

    assert len(commands) > 10
    for command in commands:
        assert _STEP.fullmatch(command), command
        for target in re.findall(r"make (?:--silent )?([a-z0-9-]+)", command):
            driver.must(driver.make("--dry-run", target))


def test_actions_are_pinned_and_jobs_have_a_limit_and_no_more_rights_than_they_need() -> None:
    writing = {}
    for file in WORKFLOWS:
        workflow = yaml.safe_load(file.read_text())
        assert workflow["permissions"] == {}
        assert "pull_request_target" not in workflow[True]
        for step in steps(file):
            assert re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40}", step.get("uses", f"actions/x@{'0' * 40}"))
        for name, job in workflow["jobs"].items():
            assert "uses" in job or job["timeout-minutes"] <= 90
            rights = [right for right, level in job["permissions"].items() if level == "write"]
            if rights:
                writing[f"{file.stem}/{name}"] = rights
    assert writing == {"preview-comment/post": ["pull-requests"], "drift-and-renewal/look": ["issues"]}


def test_what_runs_foreign_code_has_no_secret() -> None:
    text = (driver.REPOSITORY / ".github" / "workflows" / "preview.yml").read_text()

    assert not re.search(r"secrets\.|github\.token|GITHUB_TOKEN|: write|environment:", text)


def test_actionlint_and_zizmor_find_nothing() -> None:
    driver.must(driver.make("workflows"))


def test_a_pull_request_gets_one_comment_that_follows_it(
    author: Author, runner: Runner, server: ForgeServer, measurements: driver.Measurements
) -> None:
    server.add_comment(PULL_REQUEST, "Nice!", "somebody")

    compared = _propose(author, runner, server, replicas=1)
    first = server.comments[PULL_REQUEST][-1]["body"]
    failed = _propose(author, runner, server, service={"type": "NodePorts"})
    second = server.comments[PULL_REQUEST][-1]["body"]

    _well(compared)
    assert [comment["user"]["login"] for comment in server.comments[PULL_REQUEST]] == ["somebody", server.account]
    assert "**without credentials**" in first
    assert "- spec.replicas: 2\n+ spec.replicas: 1\n" in first
    assert "### Stack `staging`" in first
    assert first.count("No changes: ") == 2
    assert failed[0].code != 0
    assert "secure-nginx:service.type: 'NodePorts' must be one of" in second
    assert (runner.folder / "summary.md").read_text().count("<!-- secure-nginx: preview -->") == 2
    measurements.add("previews of three stacks for a fork, no credentials (s)", compared[0].seconds, 60)


def test_a_fork_preview_of_dev_is_quick(author: Author, runner: Runner, measurements: driver.Measurements) -> None:
    author.propose(replicas=1)
    runner.check_out(f"refs/pull/{PULL_REQUEST}/merge", 2)

    (step,) = _well([runner.run("make compare BASE=HEAD^1 STACKS=dev", {})])

    measurements.add("preview of dev for a fork, no credentials (s)", step.seconds, 20)
    # Twice the goal, since the machine may be busy: this catches what has become slow, not what was disturbed.
    assert step.seconds < 40


def test_gitlab_runs_the_same_commands(author: Author, runner: Runner, server: ForgeServer) -> None:
    pipeline = yaml.safe_load((driver.REPOSITORY / ".gitlab-ci.yml").read_text())
    author.propose(replicas=1)
    runner.check_out(f"refs/pull/{PULL_REQUEST}/merge", 0)
    forge = {**server.gitlab_variables(), "CI_MERGE_REQUEST_IID": str(PULL_REQUEST), "CI_COMMIT_SHA": "a" * 40}
    runner.variables = {}
    variables = {"STACKS": "dev", "PREVIEWS": pipeline["variables"]["PREVIEWS"]}

    for job, more in (
        ("compare", {"CI_MERGE_REQUEST_DIFF_BASE_SHA": author.git("rev-parse", "main")}),
        ("comment", forge),
    ):
        (command,) = pipeline[job]["script"]
        _well([runner.run(command, {**variables, **more})])

    (comment,) = server.comments[PULL_REQUEST]
    assert "- spec.replicas: 2\n+ spec.replicas: 1\n" in comment["body"]


def test_deployed_stacks_are_watched_renewed_and_told_of(
    author: Author, runner: Runner, server: ForgeServer, measurements: driver.Measurements
) -> None:
    _nobody_waits_for_an_approval_with_the_lock()
    for stack in ("dev", "staging"):
        _well(_deploy(runner, stack))
    pods = driver.objects("pods", namespace=namespace("dev"), selector="app.kubernetes.io/instance=my-nginx")
    assert len(pods) == 2

    _well(_look(runner))
    assert server.issues == []

    driver.kubectl("scale", "deployment", "my-nginx", "--replicas=3", f"--namespace={namespace('dev')}")
    looked = _well(_look(runner))
    (issue,) = server.open_issues()
    assert "- spec.replicas: 2\n+ spec.replicas: 3\n" in issue["body"]
    assert "1 resource differs from the state." in looked[1].output
    assert "7" not in looked[1].output.split()

    before = _certificate(runner)
    _make_due(runner)
    later = author.git("rev-parse", "main")
    (author.project / "Pulumi.dev.yaml").write_text(configuration("dev", replicas=1))
    author.git("checkout", "--quiet", "main")
    author.commit("Not deployed yet")
    author.git("push", "--quiet", "origin", "main")
    renewed = _well(_look(runner))
    assert "Due for renewal: my-nginx-certificate." in renewed[-1].output
    assert _certificate(runner) != before
    # The update has put the drift right, and what waits on main was not deployed with it.
    (deployment,) = driver.objects("deployments", namespace=namespace("dev"))
    assert deployment["spec"]["replicas"] == 2
    assert later in _pulumi(runner, "dev", "stack", "history", "--json")

    quiet = _well(_look(runner))
    assert [issue["state"] for issue in server.issues] == ["closed"]
    assert "No certificate is due." in quiet[-1].output
    measurements.add("look for drift in one stack (s)", _drift_seconds(runner), 5)


def test_no_key_nor_its_hash_is_in_a_comment_on_a_new_key(runner: Runner) -> None:
    _well(_deploy(runner, "dev"))
    keys = re.findall(
        r"-{5}BEGIN (?:EC )?PRIVATE KEY-{5}.+?-{5}END (?:EC )?PRIVATE KEY-{5}",
        _pulumi(runner, "dev", "stack", "export", "--show-secrets"),
    )
    certificate = {"source": "generated", "keyRevision": "2"}
    (runner.workspace / "Pulumi.dev.yaml").write_text(configuration("dev", certificate=certificate))

    environment = {**_credentials(runner), "PREVIEWS": "previews-here"}
    _well([runner.run("make record", environment)])
    (shown,) = _well([runner.run("make --silent show", environment)])

    assert "⚠️ **replace** | `PrivateKey` | `my-nginx-key`" in shown.output
    assert len(keys) >= 2
    for key in keys:
        for form in _forms(key.replace("\\n", "\n")):
            assert form not in shown.output


def _forms(key: str) -> Iterator[str]:
    """A key as it could be given away: a line of it, itself in another coding, a digest of it."""
    for text in (key, f"{key}\n"):
        raw = text.encode()
        yield from (line for line in text.splitlines() if len(line) > 20 and "---" not in line)
        yield base64.b64encode(raw).decode()
        for name in ("md5", "sha1", "sha256", "sha512"):
            digest = hashlib.new(name, raw)
            yield digest.hexdigest()
            yield base64.b64encode(digest.digest()).decode().rstrip("=")


def _nobody_waits_for_an_approval_with_the_lock() -> None:
    deploy = yaml.safe_load((driver.REPOSITORY / ".github" / "workflows" / "deploy-stack.yml").read_text())
    jobs = deploy["jobs"]
    assert "concurrency" not in deploy
    assert [job.get("needs") for job in jobs.values()] == [None, "preview", "approval"]
    groups = [job.get("concurrency", {}).get("group", "").partition("-")[0] for job in jobs.values()]
    assert groups == ["", "approval", "stack"]
    environments = [job["environment"].replace("${{ inputs.stack }}", "prod") for job in jobs.values()]
    assert environments == ["prod", "prod-approval", "prod"]
    assert "env" not in jobs["approval"]


def _deploy(runner: Runner, stack: str) -> list[Step]:
    jobs = ("preview", "approval", "deploy")
    return [step for job in jobs for step in runner.job("deploy-stack.yml", job, "main", **{"inputs.stack": stack})]


def test_what_is_not_deployed_is_not_renewed_either(runner: Runner, server: ForgeServer) -> None:
    # Nothing is deployed, so that there is no commit to go back to; the clock must not take the default branch for it.
    looked = _look(runner)

    assert server.issues == []
    assert [step.command.split()[:2] for step in looked[-2:]] == [["make", "drift-issue"], ["git", "checkout"]]
    assert looked[-1].code != 0


def _look(runner: Runner) -> list[Step]:
    return runner.job("drift-and-renewal.yml", "look", "main", **{"matrix.stack": "dev"})


def _drift_seconds(runner: Runner) -> float:
    return _well([runner.run("make drift", _credentials(runner))])[0].seconds


def _certificate(runner: Runner) -> Mapping[str, str]:
    outputs = json.loads(_pulumi(runner, "dev", "stack", "output", "--json"))
    found: Mapping[str, str] = outputs["certificate"]
    return found


def _make_due(runner: Runner) -> None:
    """Let the certificate end soon, as far as the state knows."""
    state = json.loads(_pulumi(runner, "dev", "stack", "export"))
    site_stack.resource(state, "LocallySignedCert")["outputs"]["validityEndTime"] = "2026-01-01T00:00:00Z"
    file = runner.folder / "state.json"
    file.write_text(json.dumps(state))
    _pulumi(runner, "dev", "stack", "import", f"--file={file}")
    shutil.rmtree(runner.workspace)
