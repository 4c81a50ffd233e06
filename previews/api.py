"""Requests to a forge's REST API: JSON there and back, errors that say what to do, never the token."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.client import HTTPException, HTTPMessage
from typing import IO
from urllib.parse import urlencode, urlsplit

PAGE = 100
"""Entries a page, the most that forges give."""

_ATTEMPTS = 3
_PASSING = frozenset({429, 500, 502, 503, 504})
_LONGEST_ANSWER = 32 << 20
_REMEDIES = {
    401: "the token is wrong or has expired",
    403: "the token may not do this; give the job the permission",
    404: "it is not there, or the token may not see it",
    422: "the forge refuses what was sent",
}


class ForgeError(Exception):
    """The forge did not do what it was asked; the text says what, why, and what to do."""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Follows no redirection: the token is for the forge alone."""

    def redirect_request(  # noqa: PLR0913, PLR0917 (urllib's signature)
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> None:
        """Return nothing, so that the answer is an error."""


@dataclass(frozen=True, kw_only=True)
class Api:
    """A forge's REST API.

    Attributes:
        url: Address of the API; https, or anything on this machine.
        headers: Headers of every request, the one with the token among them.
        timeout: Seconds until an answer has begun.
        pause: Waits for a number of seconds between two attempts.
    """

    url: str
    headers: Mapping[str, str] = field(repr=False)
    timeout: float = 30
    pause: Callable[[float], None] = time.sleep

    def __post_init__(self) -> None:
        """Refuse an address on which the token could be read."""
        parts = urlsplit(self.url)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost")):
            raise ForgeError(f"the forge's address {self.url!r} does not begin with https://")

    def send(self, method: str, path: str, body: Mapping[str, object] | None = None) -> object:
        """Send one request and return what the answer holds.

        What can be repeated without harm is repeated when the forge is busy or out of reach.

        Raises:
            ForgeError: The forge refused, or did not answer.
        """
        attempts = 1 if method == "POST" else _ATTEMPTS
        for attempt in range(1, attempts):
            try:
                return self._once(method, path, body)
            except _PassingError:
                self.pause(attempt)
        return self._once(method, path, body)

    def one(self, path: str) -> Mapping[str, object]:
        """Return what the forge tells of one thing; nothing if the answer is no object.

        Raises:
            ForgeError: The forge refused, or did not answer.
        """
        answer = self.send("GET", path)
        return answer if isinstance(answer, dict) else {}

    def pages(self, path: str, **query: str) -> Iterator[Mapping[str, object]]:
        """Yield the entries of a list, however many pages it has.

        Raises:
            ForgeError: The forge refused, or did not answer.
        """
        number = 0
        found = PAGE
        while found == PAGE:
            number += 1
            text = urlencode({**query, "per_page": PAGE, "page": number})
            entries = self.send("GET", f"{path}?{text}")
            found = len(entries) if isinstance(entries, list) else 0
            yield from (each for each in entries if isinstance(each, dict)) if isinstance(entries, list) else ()

    def _once(self, method: str, path: str, body: Mapping[str, object] | None) -> object:
        request = urllib.request.Request(  # noqa: S310 (the scheme is checked above)
            f"{self.url}{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Accept": "application/json", "Content-Type": "application/json", **self.headers},
        )
        where = f"{method} {urlsplit(self.url).netloc}{path.partition('?')[0]}"
        try:
            with urllib.request.build_opener(_NoRedirect).open(request, timeout=self.timeout) as answer:
                content = answer.read(_LONGEST_ANSWER)
        except urllib.error.HTTPError as error:
            kind = _PassingError if error.code in _PASSING else ForgeError
            raise kind(f"{where}: {error.code} {error.reason}{_explained(error)}") from None
        except (OSError, HTTPException) as error:
            raise _PassingError(f"{where}: no answer ({error}); is the address right, and the forge up?") from None
        except ValueError:
            # Its text may hold the token, as that about a header does.
            raise ForgeError(f"{where}: the address or a header has a character that no request can have") from None
        try:
            return json.loads(content) if content else None
        except ValueError:
            raise ForgeError(f"{where}: the answer is no JSON; is {self.url!r} the address of the API?") from None


class _PassingError(ForgeError):
    """What may go well in a moment."""


def _explained(error: urllib.error.HTTPError) -> str:
    """What the forge says about an error, and what it means here."""
    remedy = _REMEDIES.get(error.code, "")
    try:
        said = json.loads(error.read(_LONGEST_ANSWER))
    except (ValueError, OSError):
        said = None
    message = said.get("message") if isinstance(said, dict) else None
    return "".join(f"; {part}" for part in (message, remedy) if part)
