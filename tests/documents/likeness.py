"""Whether what a command printed is what the document shows, but for what is different every time."""

import difflib
import doctest
import re
from collections.abc import Sequence

_HASH = "[0-9a-f]{6,10}"
_DRAWN = "[bcdfghjklmnpqrstvwxz2456789]{5}"  # Kubernetes draws no vowels, so that no name is ever a word

# What changes from run to run, and what stands for it. Addresses, ports and names that a document chooses itself are
# outside of the ranges from which the cluster chooses, so they are compared as they are.
_CHANGING: Sequence[tuple[str, str]] = (
    (r"\x1b\[[0-9;]*[A-Za-z]", ""),
    # What curl shows of its progress where its output is no terminal.
    (r"^ +% Total +% Received .*\n.*\n.*\n", ""),
    (rf"-{_HASH}(?![0-9a-z])", "-<hash>"),
    (rf"-<hash>-{_DRAWN}\b", "-<hash>-<pod>"),
    (rf"(?<=my-nginx-){_DRAWN}(?= +IPv4)", "<slice>"),
    (rf"(?<= CA ){_HASH}\b", "<hash>"),
    (r"\b10\.90\.\d+\.\d+\b", "<pod address>"),
    (r"\b10\.96\.(?!0\.)\d+\.\d+\b", "<cluster address>"),
    (r"\b10\.89\.0\.20\d\b", "<balancer address>"),
    (r"\b(?:300(?:8[6-9]|9\d)|30[1-9]\d\d|3[12]\d{3})\b", "<node port>"),
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z", "<time>"),
    # How long: kubectl's ages, this project's durations, the engine's, and a column of seconds.
    (r"(?<=\s)\d+[dhms](?:\d+[hms])?(?=\s|$)", "<age>"),
    (r"\b\d+ min \d+ s\b|\b\d+(?:\.\d+)? s\b", "<duration>"),
    (r"\(\d+(?:\.\d+)?s\)", "(<duration>)"),
    (r"(?<=verified) +\d+\.\d$", " <seconds>"),
    # A state also holds providers of earlier versions, and what is still to be deleted.
    (r"^\d+(?= resources of the stack )", "<count>"),
    # Who comes first where several run at once; all of them are in the table that follows.
    (r"^(\[\d+/\d+\] verified: )\S+$", r"\1<name>"),
    # Kubernetes' check of addresses warns where it hears of a Service before it hears of the address, if it is busy.
    (r"^Events:\n +Type .*\n +----.*\n(?: +Warning +ClusterIPNotAllocated .*\n?)+$", "Events:  <none>"),
    # Columns are as wide as what is in them.
    (r"[ \t]+$", ""),
    # nslookup's, as the answers come; a blank line more says nothing anywhere.
    (r"\n{3,}", "\n\n"),
    (r"(?<=\S)[ \t]{2,}|\t", "  "),
)
_CHECKER = doctest.OutputChecker()


def normalised(text: str) -> str:
    """The text with a word for everything that is different every time."""
    for pattern, stand_in in _CHANGING:
        text = re.sub(pattern, stand_in, text, flags=re.MULTILINE)
    # The kubelet writes a resolver's options in any order.
    return re.sub(r"(?<=^options ).+$", lambda found: " ".join(sorted(found[0].split())), text, flags=re.MULTILINE)


def difference(shown: str, printed: str) -> str:
    """What differs between what a document shows and what was printed; nothing if they are alike.

    In what is shown, `...` stands for anything; blank lines at the end do not count.
    """
    wanted, found = (f"{normalised(text).rstrip()}\n" for text in (shown, printed))
    if _CHECKER.check_output(wanted, found, doctest.ELLIPSIS):
        return ""
    lines = difflib.unified_diff(wanted.splitlines(), found.splitlines(), "shown", "printed", lineterm="")
    return "\n".join(lines)
