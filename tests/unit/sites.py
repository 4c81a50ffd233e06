"""Sites for the tests, as small as they can be."""

from collections.abc import Callable
from typing import Any

import pulumi
import pulumi_kubernetes as k8s
import pytest

from components import SecureNginx, SecureNginxArgs

IMAGE = "registry.example/nginx:1.30.6"


def args(**changes: Any) -> SecureNginxArgs:
    """Valid arguments with some of them changed."""
    return SecureNginxArgs(**{"namespace": "shop", "image": IMAGE, **changes})


def program(*names: str, **changes: Any) -> Callable[[], None]:
    """A program that declares a site for each name."""

    def declare() -> None:
        cluster = k8s.Provider("cluster", context="test")
        for name in names or ("web",):
            SecureNginx(name, args(**changes), pulumi.ResourceOptions(providers=[cluster]))

    return declare


def mistake(field: str, **arguments: Any) -> Any:
    """A case of arguments with a mistake in `field`."""
    return pytest.param(arguments, field, id=field)


def fields_with_problems(arguments: dict[str, Any]) -> set[str]:
    """The fields that are complained about; every complaint is complete and keeps secrets."""
    problems = list(args(**arguments).problems())
    for problem in problems:
        assert problem.remedy
        assert "PRIVATE" not in str(problem)
    return {problem.field for problem in problems}
