"""Certificates on the calendar: from when to when, and from when on an update renews them."""

import datetime
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from report import words
from report.state import Resource

Phase = Literal["fresh", "due", "ended"]


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """A certificate that is in use.

    Attributes:
        what: Whose it is: the site's, or an authority's.
        ends: When it ends.
        starts: When it began; None if only others know.
        renews: From when on an update renews it; None if no update does.
        fingerprint: SHA-256 of it in hexadecimal; empty if not known.
    """

    what: str
    ends: datetime.datetime
    starts: datetime.datetime | None = None
    renews: datetime.datetime | None = None
    fingerprint: str = ""

    def phase(self, now: datetime.datetime) -> Phase:
        """Where it is in its life; `due` means inside the renewal window."""
        if now >= self.ends:
            return "ended"
        return "due" if self.renews is not None and now >= self.renews else "fresh"


def leaf(outputs: Mapping[str, Any], resources: Iterable[Resource]) -> Certificate | None:
    """The certificate of a site; None if somebody else renews it, so that the stack does not know it."""
    facts = outputs.get("certificate") or {}
    ends = words.time(facts.get("notAfter"))
    if ends is None:
        return None
    issued = [each for each in resources if each.kind == "LocallySignedCert"]
    return Certificate(
        what="certificate",
        ends=ends,
        starts=words.time(issued[-1].outputs.get("validityStartTime")) if issued else None,
        renews=words.time(facts.get("renewAfter")),
        fingerprint=facts.get("fingerprintSha256") or "",
    )


def authorities(resources: Iterable[Resource]) -> Iterator[Certificate]:
    """The authorities of a site that Pulumi made; two while one follows the other."""
    for each in resources:
        ends = words.time(each.outputs.get("validityEndTime"))
        if each.kind == "SelfSignedCert" and ends is not None:
            early = each.inputs.get("earlyRenewalHours")
            yield Certificate(
                what="authority",
                ends=ends,
                starts=words.time(each.outputs.get("validityStartTime")),
                renews=ends - datetime.timedelta(hours=early) if early else None,
            )
