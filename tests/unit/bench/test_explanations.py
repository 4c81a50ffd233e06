"""What explains a figure names numbers that the record has."""

import re
from collections.abc import Sequence
from statistics import median

import pytest

from bench.explanations import EXPLANATIONS
from bench.records import load

OURS, TWO, TUTORIALS = "this project", "this project, two workers", "tutorials"
LATENCY = "Time to an answer at 100 requests a second, 10 KB, HTTP/1.1"
COST = "The server's own processor time"
SPEED = "`openssl speed`, for a second of processor"
AGAINST = "This project against the others: tutorials"
NEW, RESUMED = (f"TLS connection, {kind}, with a request" for kind in ("new", "resumed"))


def of_site(table: str, subject: str, quantity: str) -> Sequence[float]:
    """What the rounds have shown."""
    (record,) = (each for each in load() if each.part == "site")
    (found,) = (
        each for each in record.figures if (each.table, each.subject, each.quantity) == (table, subject, quantity)
    )
    return found.values


def ratio(table: str, one: str, other: str, quantity: str) -> float:
    """The ratio of two servers, taken in each round."""
    pairs = zip(of_site(table, one, quantity), of_site(table, other, quantity), strict=True)
    return median(a / b for a, b in pairs)


def cost(subject: str, quantity: str = NEW) -> float:
    return median(of_site(COST, subject, quantity))


def signature(kind: str) -> float:
    """What a signature takes, in milliseconds."""
    return 1000 / median(of_site(SPEED, "the machine", f"{kind} signatures"))


def named(figure: str, pattern: str) -> list[float]:
    """The numbers that an explanation names in a place."""
    found = re.search(pattern, EXPLANATIONS[figure])
    assert found, EXPLANATIONS[figure]
    return [float(each) for each in found.groups()]


@pytest.mark.parametrize("quantity", ["p50", "p99"])
def test_two_workers_are_held_against_the_tutorials_in_each_round(quantity: str) -> None:
    (said,) = named(f"{AGAINST}, {quantity}", rf"{quantity}(?: is)? (\d\.\d+) times")

    assert said == pytest.approx(ratio(LATENCY, TWO, TUTORIALS, quantity), abs=0.005)
    assert "tables above" in EXPLANATIONS[f"{AGAINST}, {quantity}"]


def test_two_workers_cost_what_is_said() -> None:
    connections, requests = named(f"{AGAINST}, p50", r"some (\d+) % fewer connections and answers some (\d+) % fewer")

    assert connections == pytest.approx(100 * (1 - ratio("TLS connections", TWO, OURS, "new, with a request")), abs=1)
    table = "Requests over kept connections, HTTP/1.1"
    fewer = [100 * (1 - ratio(table, TWO, OURS, f"{size} KB")) for size in (0, 1)]
    assert min(fewer) <= requests <= max(fewer)


def test_the_kind_of_key_is_most_of_the_difference_and_bounds_the_gain() -> None:
    figure = f"{AGAINST}, new connections with a request, for a second of processor"
    signatures, whole, ours, theirs, most = named(
        figure, r"takes ([\d.]+) ms more .* the ([\d.]+) ms .* take ([\d.]+) and ([\d.]+) ms.* at most ([\d.]+) times"
    )

    rsa, ec = signature("RSA-2048"), signature("ECDSA P-256")
    assert signatures == pytest.approx(rsa - ec, abs=0.005)
    assert whole == pytest.approx(cost(TUTORIALS) - cost(OURS), abs=0.005)
    assert (ours, theirs) == pytest.approx((cost(OURS, RESUMED), cost(TUTORIALS, RESUMED)), abs=0.005)
    assert most == pytest.approx(cost(TUTORIALS) / (cost(OURS) - ec), abs=0.05)


def test_the_signature_is_the_part_of_the_work_that_is_said() -> None:
    figure = (
        "New connections with a request against `openssl speed`, for a second of processor: this project, "
        "of the signatures"
    )
    part = median(of_site(figure.partition(":")[0], OURS, "of the signatures"))

    assert "twenty-sixth of the work" in EXPLANATIONS[figure]
    assert 1 / part == pytest.approx(26, abs=1)
