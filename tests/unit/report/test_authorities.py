"""While one authority follows another, one signs and clients trust both."""

import copy
from typing import Any

import pytest

from report import graph, survey
from tests.unit.report import made
from tests.unit.report.reading import read_of


def add_authority(state: dict[str, Any]) -> None:
    """Give the site a second authority, which comes after the first in the state."""
    first = made.of_kind(state, "SelfSignedCert")
    second = {**copy.deepcopy(first), "urn": first["urn"].replace("-ca-1", "-ca-2")}
    first["outputs"]["certPem"], second["outputs"]["certPem"] = "one", "two"
    state["deployment"]["resources"].append(second)


@pytest.mark.parametrize(
    ("signer", "signs"),
    [("one", [True, False]), ("two", [False, True]), ("neither", [True, False])],
)
def test_the_authority_that_signed_the_certificate_is_told_from_another(
    dev: dict[str, Any], signer: str, signs: list[bool]
) -> None:
    add_authority(dev)
    made.of_kind(dev, "LocallySignedCert")["inputs"]["caCertPem"] = signer
    facts = made.facts(dev)

    (site,) = survey.make(facts).sites
    lines = {True: ("signs it",), False: ("clients trust it, too",)}
    drawn = {box.key.rpartition("::")[2]: box.lines for box in graph.of(site).groups[-1].boxes}
    text = read_of(facts).text

    assert [each.signed for each in site.authorities] == signs
    assert [drawn["my-nginx-ca-1"], drawn["my-nginx-ca-2"]] == [lines[each] for each in signs]
    assert text.count("The authority that signed it") == 1
    assert text.count("Another authority that clients trust") == 1


def test_without_a_certificate_that_tells_the_first_authority_signs(dev: dict[str, Any]) -> None:
    add_authority(dev)
    dev["deployment"]["resources"].remove(made.of_kind(dev, "LocallySignedCert"))

    (site,) = survey.make(made.facts(dev)).sites

    assert [each.signed for each in site.authorities] == [True, False]
