"""Certificates on the calendar: from when to when, and from when on an update renews them."""

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from report import words
from report.state import Resource

Phase = Literal["fresh", "due", "ended", "unclear"]

_NOTICE = datetime.timedelta(days=30)
"""How long before its end a certificate is due that no update renews: somebody has to get a new one first."""


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """A certificate that is in use.

    Attributes:
        what: Whose it is: the site's, or an authority's.
        ends: When it ends.
        starts: When it began; None if only others know.
        renews: From when on an update renews it; None if no update does.
        fingerprint: SHA-256 of it in hexadecimal; empty if not known.
        follower_ends: When another one ends that the state has in its place; None if it has none. An update issued it
            and has not come to the outputs, so that nobody knows which of the two is served.
        signed: Of an authority, whether it signed the site's certificate; another is only trusted as well.
    """

    what: str
    ends: datetime.datetime
    starts: datetime.datetime | None = None
    renews: datetime.datetime | None = None
    fingerprint: str = ""
    follower_ends: datetime.datetime | None = None
    signed: bool = False

    def phase(self, now: datetime.datetime) -> Phase:
        """Where it is in its life.

        `due` means inside the renewal window. Where no update renews it, that is its last 30 days, or the last third of
        its life if that is shorter. `unclear` means that another one may be served.
        """
        if self.follower_ends is not None:
            return "unclear"
        if now >= self.ends:
            return "ended"
        return "due" if now >= self._due else "fresh"

    @property
    def _due(self) -> datetime.datetime:
        if self.renews is not None or self.what == "authority":
            return self.renews or self.ends
        return self.ends - (min(_NOTICE, (self.ends - self.starts) / 3) if self.starts else _NOTICE)


def leaf(outputs: Mapping[str, Any], resources: Iterable[Resource]) -> Certificate | None:
    """The certificate of a site; None if somebody else renews it, so that the stack does not know it."""
    facts = outputs.get("certificate") or {}
    ends = words.time(facts.get("notAfter"))
    if ends is None:
        return None
    issued = [each.outputs for each in resources if each.kind == "LocallySignedCert"]
    last = issued[-1] if issued else {}
    issued_ends = words.time(last.get("validityEndTime"))
    # A certificate knows whole seconds only.
    is_another = issued_ends is not None and issued_ends.replace(microsecond=0) != ends
    return Certificate(
        what="certificate",
        ends=ends,
        starts=None if is_another else words.time(last.get("validityStartTime")),
        renews=words.time(facts.get("renewAfter")),
        fingerprint=facts.get("fingerprintSha256") or "",
        follower_ends=issued_ends if is_another else None,
    )


def signer(resources: Sequence[Resource]) -> Resource | None:
    """The authority that signed a site's certificate: the first one, if the certificate does not tell."""
    made = [each for each in resources if each.kind == "SelfSignedCert"]
    named = [each.inputs.get("caCertPem") for each in resources if each.kind == "LocallySignedCert"]
    return next((each for each in made if each.outputs.get("certPem") in named), made[0] if made else None)


def authorities(resources: Sequence[Resource]) -> Iterator[Certificate]:
    """The authorities of a site that Pulumi made; two while one follows the other."""
    signing = signer(resources)
    for each in resources:
        ends = words.time(each.outputs.get("validityEndTime"))
        if each.kind == "SelfSignedCert" and ends is not None:
            early = each.inputs.get("earlyRenewalHours")
            yield Certificate(
                what="authority",
                ends=ends,
                starts=words.time(each.outputs.get("validityStartTime")),
                renews=ends - datetime.timedelta(hours=early) if early else None,
                signed=each is signing,
            )
