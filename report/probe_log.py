"""What a run of the probe said: one JSON object a line where it passed, plain reasons where it failed."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Target:
    """One way to the site that was tried and held.

    Attributes:
        name: Its name.
        url: What was fetched.
        address: Where it was found.
        protocol: Version of HTTP.
        tls: What the handshake agreed on, as curl says it.
        handshake: Seconds until the handshake was over, from the beginning.
        total: Seconds until the page was there, from the beginning.
    """

    name: str
    url: str
    address: str
    protocol: str
    tls: str
    handshake: float
    total: float


@dataclass(frozen=True, kw_only=True)
class Saying:
    """All that a run said.

    Attributes:
        targets: The ways that held.
        refusals: What had to be refused and was, by name.
        failures: Why it is red, one reason each.
        days_left: The fewest days that a certificate was seen to last; None if none was seen.
    """

    targets: tuple[Target, ...] = ()
    refusals: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()
    days_left: int | None = None


def read(log: str) -> Saying:
    """Read the log of a run; lines of no known form are left out."""
    # Within a line there may be what Python takes for the end of one, as U+0085.
    lines = log.split("\n")
    facts = [found for line in lines if (found := _fact(line))]
    asked = [fact for fact in facts if "target" in fact]
    return Saying(
        targets=tuple(_target(fact) for fact in asked),
        refusals=tuple(str(fact["refusal"]) for fact in facts if "refusal" in fact),
        failures=tuple(line for line in lines if line.startswith(("FAILED ", "CANNOT JUDGE: "))),
        days_left=min((int(fact["days_left"]) for fact in asked if fact.get("days_left") is not None), default=None),
    )


def _fact(line: str) -> Mapping[str, Any]:
    try:
        found = json.loads(line)
    except json.JSONDecodeError:
        return {}
    return found if isinstance(found, Mapping) else {}


def _target(fact: Mapping[str, Any]) -> Target:
    return Target(
        name=str(fact["target"]),
        url=str(fact.get("url", "")),
        address=str(fact.get("address", "")),
        protocol=str(fact.get("http", "")),
        tls=str(fact.get("tls", "")),
        handshake=float(fact.get("handshake_s", 0)),
        total=float(fact.get("total_s", 0)),
    )
