"""What helps against the usual refusals of a cluster or an engine, one line for each cause.

The words are those of the API server and of the engine: it does not matter which Kubernetes plugin passed them on.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

Found = Mapping[str, str]
"""What a pattern found in a message, by the name of its group, and the beginning of a command of the lab."""


@dataclass(frozen=True)
class _Cause:
    """A kind of refusal: how it is recognised, and what to say of all messages of this kind together."""

    pattern: re.Pattern[str]
    remedies: Callable[[Sequence[Found]], Iterator[str]]


def remedies(messages: Iterable[str], lab: str) -> list[str]:
    """Return what to do about what was said of a failure; nothing for messages that say it themselves.

    Args:
        messages: What was said.
        lab: The beginning of the command by which a user has the lab do something with the stack: `Stack.lab`.
    """
    texts = list(messages)
    said: dict[str, None] = {}
    for cause in _CAUSES:
        found = [{**match.groupdict(), "lab": lab} for text in texts for match in cause.pattern.finditer(text)]
        if found:
            said.update(dict.fromkeys(cause.remedies(found)))
    return list(said)


def _of_each(remedy: str) -> Callable[[Sequence[Found]], Iterator[str]]:
    """A remedy for each message of a kind, with what was found in it."""
    return lambda found: (remedy.format(**each) for each in found)


def _forbidden(found: Sequence[Found]) -> Iterator[str]:
    rights: dict[tuple[str, str], dict[str, None]] = {}
    for each in found:
        right = f"{each['verb']} {each['kind']}"
        rights.setdefault((each["user"], each["namespace"] or ""), {})[right] = None
    for (user, namespace), missing in rights.items():
        place = f"in the namespace {namespace}" if namespace else "in the cluster"
        yield (
            f"{user} lacks rights {place}: {', '.join(sorted(missing))}. Let an administrator bind a role with them "
            "(the built-in `admin` has what a site needs, but not to write EndpointSlices), or use other credentials."
        )


_CAUSES = (
    _Cause(
        re.compile(r'context "(?P<context>[^"]*)" does not exist'),
        _of_each(
            "The kubeconfig has no context {context!r}. `kubectl config get-contexts` lists what it has: "
            "set KUBE_CONTEXT (without make, secure-nginx:context) to one of them, or KUBECONFIG to another file."
        ),
    ),
    _Cause(
        # What is no file's path is taken for the text of a kubeconfig, and so is a list of several paths.
        re.compile(r"couldn't get version/kind; json parse error"),
        _of_each(
            "The kubeconfig is neither one file that is there nor the text of one. Look at secure-nginx:kubeconfig or, "
            "without it, at KUBECONFIG."
        ),
    ),
    _Cause(
        re.compile(r'Get "(?P<server>https?://[^/"]+)[^"]*": (?:dial|context deadline|net/http: TLS)'),
        _of_each(
            "The cluster at {server} does not answer. Start it, or mend its address in the kubeconfig; "
            "`kubectl version` with the same context tells when it does."
        ),
    ),
    _Cause(
        re.compile(r'namespaces (?:"[^"]*" )?is forbidden: User "(?P<user>[^"]+)" cannot create'),
        _of_each(
            "{user} may not create the namespace. Let somebody create it who may, and set "
            "secure-nginx:createNamespace to false; or use credentials that may."
        ),
    ),
    _Cause(
        re.compile(r'namespaces "(?P<name>[^"]+)" already exists'),
        _of_each(
            "The namespace {name} exists and is not this stack's. To be a guest in it, set "
            "secure-nginx:createNamespace to false; or choose another secure-nginx:namespace."
        ),
    ),
    _Cause(
        re.compile(r'(?P<kind>(?!namespaces)\b[a-z.0-9]+) "(?P<name>[^"]+)" already exists'),
        _of_each(
            "Somebody else owns {name!r} among the {kind} of the namespace, and it stays untouched. "
            "Choose another secure-nginx:name or secure-nginx:namespace; or remove it, if nobody needs it: "
            "an update whose plugin was killed can have left it, too."
        ),
    ),
    _Cause(
        re.compile(
            r"(?:Invalid value:|IP|NodePort) (?P<fixed>[0-9a-fA-F.:]+): provided (?:port|IP) is already allocated"
        ),
        _of_each(
            "{fixed} is taken in the cluster (a node port or the clusterIp of secure-nginx:service). If an old site of "
            "this stack has it, that goes only after the new one is there: take the value out, update, and put it back "
            "afterwards; or remove the old site first, by an update of its own. If something else has it, choose "
            "another one."
        ),
    ),
    _Cause(
        re.compile(
            r'is forbidden: User "(?P<user>[^"]+)" cannot (?P<verb>\w+) resource "(?P<kind>(?!namespaces")[^"]+)" '
            r'in API group "[^"]*"(?: in the namespace "(?P<namespace>[^"]+)")?'
        ),
        _forbidden,
    ),
    _Cause(
        re.compile(r'(?:Back-off pulling|Failed to pull) image "(?P<image>[^"]+)"'),
        _of_each(
            "The nodes cannot pull {image} (secure-nginx:image, or image below secure-nginx:probe). Names that begin "
            "with localhost/ are the lab's own; look others up in their registry, a private one of which needs "
            "secure-nginx:imagePullSecrets."
        ),
    ),
    _Cause(
        re.compile(r'resource "(?P<urn>urn:pulumi:[^"]+)" cannot be deleted\s+because it is protected'),
        # Not by make, for which a URN's `$` would be one of its own.
        _of_each(
            "{urn} is protected, lest somebody delete it by mistake. If you mean it: "
            "`{lab} -- state unprotect '{urn}'`, then the same command again."
        ),
    ),
    _Cause(
        re.compile(r"incorrect passphrase|passphrase must be set|unable to read PULUMI_CONFIG_PASSPHRASE"),
        _of_each(
            "The state of the stack is encrypted with another passphrase. Set PULUMI_CONFIG_PASSPHRASE or "
            "PULUMI_CONFIG_PASSPHRASE_FILE to the one that made it; without both, the stack's own file is used. After "
            "a `make rotate-passphrase` that did not come to its end, the same command again goes on with it."
        ),
    ),
)
