"""One comment and one issue for one matter: found again by its marker, and changed in place."""

import re
from collections.abc import Iterable
from typing import Literal

from previews.forge import Entry, Forge

Done = Literal["written", "changed", "closed", "left alone"]

_LOG = re.compile(r"\[Log\]\([^)\s]*\)")


def comment(forge: Forge, request: int, marker: str, body: str) -> Done:
    """Write the comment of a request to merge, or change the one that is there.

    Args:
        forge: The forge.
        request: Number of the request to merge.
        marker: First line of the text.
        body: The text, which begins with the marker.
    """
    mine = _mine(forge, forge.comments(request), marker)
    if mine is None:
        forge.add_comment(request, body)
        return "written"
    forge.edit_comment(request, mine.number, body)
    return "changed"


def issue(forge: Forge, marker: str, title: str, body: str | None, *, gone: str) -> Done:
    """Have exactly one open issue about a matter that exists, and none about one that does not.

    Where only the link of the log differs, as it does at every look, the issue is left alone.

    Args:
        forge: The forge.
        marker: First line of the text.
        title: Title of the issue.
        body: The text, which begins with the marker; None if the matter is gone.
        gone: Last words of an issue whose matter is gone; they begin with the marker too.
    """
    mine = _mine(forge, forge.open_issues(), marker)
    if body is None:
        if mine is None:
            return "left alone"
        forge.close_issue(mine.number, gone)
        return "closed"
    if mine is None:
        forge.add_issue(title, body)
        return "written"
    if _said(mine.body) == _said(body):
        return "left alone"
    forge.edit_issue(mine.number, title, body)
    return "changed"


def _said(body: str) -> list[str]:
    """The lines of a text but for the link of the log."""
    # Forges give line ends back as they please.
    return _LOG.sub("", body).strip().splitlines()


def _mine(forge: Forge, entries: Iterable[Entry], marker: str) -> Entry | None:
    """The first entry with the marker that this account wrote: anyone can write a marker."""
    login = forge.own_login()
    # Forges give line ends back as they please.
    marked = (entry for entry in entries if entry.body.partition("\n")[0].rstrip() == marker)
    return next((entry for entry in marked if entry.author == login), None)
