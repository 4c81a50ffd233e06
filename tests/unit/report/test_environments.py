"""The settings of all stacks, side by side."""

import datetime
import itertools
from typing import Any

import pytest
import yaml

from lab import stack_config
from report import environments
from report.environments import NOT_SET, Comparison, Row
from tests.unit import certificates
from tests.unit.report import stacks
from tests.unit.report.stacks import file
from tests.unit.stacks import ROOT

DAY = datetime.date(2026, 11, 24)
"""What YAML makes of `2026-11-24` without quotes."""

DEFAULTS = environments.project_defaults(yaml.safe_load((ROOT / "Pulumi.yaml").read_text()))


def compared(**files: dict[str, Any]) -> Comparison:
    found = environments.compare(files, DEFAULTS, {})
    assert [column.problem for column in found.columns] == [""] * len(files)
    return found


def row(found: Comparison, key: str) -> Row:
    (one,) = (each for each in found.rows if each.key == key)
    return one


def test_the_projects_own_stacks_can_be_compared() -> None:
    assert compared(**{name: stack_config.load(ROOT / f"Pulumi.{name}.yaml")["config"] for name in stacks.NAMES}).rows


def test_stacks_stand_side_by_side_in_the_order_of_their_environments() -> None:
    found = compared(**{name: file(name) for name in ("dev", "prod", "staging")})

    assert [column.stack for column in found.columns] == ["dev", "staging", "prod"]
    assert row(found, "replicas").values == ("2", "3", "3")
    assert row(found, "service").values == ("NodePort", "LoadBalancer", "LoadBalancer")
    assert row(found, "service.sourceRanges").values == (NOT_SET, "10.0.0.0/8", "10.0.0.0/8")
    assert row(found, "image").values[1] == "nginx:1.30.1@sha256:842a3f99…"
    assert row(found, "createNamespace").values == ("yes", "yes", "no")


def test_rows_are_sorted_into_what_differs_what_belongs_to_kinds_and_what_is_the_same() -> None:
    found = compared(dev=file("dev"), prod=file("prod"))

    assert "replicas" in {each.key for each in found.different}
    assert "autoscaling.maxReplicas" in {each.key for each in found.of_kinds}
    assert "podSecurity" in {each.key for each in found.same}
    assert len(found.different) + len(found.of_kinds) + len(found.same) == len(found.rows)


def test_what_belongs_together_stands_together() -> None:
    keys = [each.key.partition(".")[0] for each in compared(dev=file("dev"), prod=file("prod")).rows]

    assert len([1 for one, other in itertools.pairwise(keys) if one != other]) == len(set(keys)) - 1


def test_several_sites_are_told_apart() -> None:
    found = compared(dev=file("dev", sites={"web": {}, "blog": {"replicas": 5}}))

    assert row(found, "web: replicas").values == ("2",)
    assert row(found, "blog: replicas").values == ("5",)


ENCRYPTED = {"secure": "v1:abcdefgh:ijkl"}


def test_what_is_encrypted_is_neither_opened_nor_shown() -> None:
    found = compared(dev=file("dev", kubeconfig=ENCRYPTED, imagePullSecrets=["a"]))

    assert row(found, "kubeconfig").values == ("[secret]",)


def test_what_stands_in_a_secret_place_of_a_mapping_is_hidden() -> None:
    found = compared(dev=file("dev", labels={"apiToken": "hunter2", "team": "web"}))

    assert row(found, "labels").values == ("apiToken: [secret], team: web",)


def test_a_stack_that_cannot_be_resolved_without_what_is_encrypted_says_so() -> None:
    certificate = {"source": "provided", "certificate": "CHAIN", "privateKey": ENCRYPTED}

    found = environments.compare({"dev": file("dev", certificate=certificate, hostNames=[ENCRYPTED])}, DEFAULTS, {})

    (column,) = found.columns
    assert column.problem == (
        "what is encrypted is not opened for a report: secure-nginx:certificate, secure-nginx:hostNames"
    )
    assert found.rows == ()


def test_a_key_in_the_clear_is_not_repeated() -> None:
    certificate = {"source": "provided", "certificate": "CHAIN", "privateKey": certificates.key_pem("web")}

    found = environments.compare({"dev": file("dev", certificate=certificate)}, DEFAULTS, {})

    assert "privateKey" in found.columns[0].problem
    assert "PRIVATE KEY-" not in repr(found)


def test_long_texts_are_cut_and_several_lines_counted() -> None:
    found = compared(dev=file("dev", labels={"a": "b" * 60, "c": "d" * 60}, nginx={"httpSnippet": "map 1;\nmap 2;\n"}))

    assert len(row(found, "labels").values[0]) == 90
    assert row(found, "labels").values[0].endswith("…")
    assert row(found, "nginx.httpSnippet").values == ("a text of 2 lines",)


@pytest.mark.parametrize(
    ("more", "key", "shown"),
    [
        ({"certificate": {"source": "generated", "keyRevision": DAY}}, "certificate.keyRevision", "2026-11-24"),
        ({"labels": {"released": DAY, DAY: "day"}}, "labels", "released: 2026-11-24, 2026-11-24: day"),
        ({"labels": {"released": [DAY]}}, "", "labels"),
        ({"name": DAY}, "", "name"),
    ],
    ids=["revision", "label", "list", "name"],
)
def test_a_date_that_nobody_quoted_is_its_text(more: dict[str, Any], key: str, shown: str) -> None:
    found = environments.compare({"dev": file("dev", **more)}, DEFAULTS, {})

    (column,) = found.columns
    assert column.values.get(key) == (shown if key else None)
    assert (shown in column.problem) is not bool(key)


def test_a_stack_that_cannot_be_resolved_says_why_and_does_not_stand_in_the_way() -> None:
    found = environments.compare({"dev": file("dev"), "bad": file("dev", replicas=-1)}, DEFAULTS, {"worse": "no YAML"})

    assert [bool(column.problem) for column in found.columns] == [False, True, True]
    assert "replicas" in found.columns[1].problem
    assert found.columns[2].problem == "no YAML"
    assert all(len(each.values) == 1 for each in found.rows)
