"""Commands of pulumi's that would fail where the state is, or be gone with the next command."""

import pytest

from lab.errors import LabError
from lab.pulumi_arguments import require_useful, writes_configuration


@pytest.mark.parametrize(
    ("words", "target"),
    [
        ("preview", "preview"),
        ("pre", "preview"),
        ("up --yes", "up"),
        ("--color=never update", "up"),
        ("refresh", "refresh"),
        ("destroy", "destroy"),
        ("down", "destroy"),
        ("dn", "destroy"),
    ],
)
def test_what_is_about_the_program_is_left_to_make(words: str, target: str) -> None:
    with pytest.raises(LabError, match=f"use `make {target} STACK=shop`, with options after --: ARGS='-- ") as refused:
        require_useful("shop", None, words.split())

    assert refused.value.code == 2


def test_the_target_is_that_of_the_same_cluster() -> None:
    with pytest.raises(LabError, match="use `make destroy STACK=shop KUBE_CONTEXT='my own'`, with options"):
        require_useful("shop", "my own", ["destroy"])


@pytest.mark.parametrize("words", ["watch", "import type name id"])
def test_what_needs_the_program_and_has_no_target_is_refused(words: str) -> None:
    with pytest.raises(LabError, match="needs the program, which is not where the state is") as refused:
        require_useful("shop", None, words.split())

    assert refused.value.code == 2


@pytest.mark.parametrize(
    "words",
    [
        "config set secure-nginx:replicas 5",
        "config set --path secure-nginx:probe.image x",
        "config set-all --plaintext a=b",
        "config set-all --secret a=b --plaintext c=d",
    ],
)
def test_what_the_next_command_would_throw_away_belongs_into_the_stacks_file(words: str) -> None:
    with pytest.raises(LabError, match=r"without --secret is gone.*: write it into Pulumi\.shop\.yaml") as refused:
        require_useful("shop", None, words.split())

    assert refused.value.code == 2


@pytest.mark.parametrize(
    "words",
    [
        "",
        "stack output --json",
        "stack import --file=state.json",
        "config set --secret secure-nginx:kubeconfig",
        "config set-all --secret a=b",
        "config rm --path secure-nginx:certificate.privateKey",
        "cancel --yes",
        "config",
    ],
)
def test_all_else_is_pulumis(words: str) -> None:
    require_useful("shop", None, words.split())


@pytest.mark.parametrize(
    ("arguments", "writes"),
    [
        ("config set --secret secure-nginx:kubeconfig", True),
        ("config --stack=dev rm secure-nginx:kubeconfig", True),
        ("config refresh", True),
        ("config", False),
        ("config --show-secrets", False),
        ("config get --path secure-nginx:kubeconfig", False),
        ("stack export", False),
        ("--help", False),
    ],
)
def test_what_shows_the_configuration_does_not_write_it(arguments: str, writes: bool) -> None:
    assert writes_configuration(arguments.split()) is writes
