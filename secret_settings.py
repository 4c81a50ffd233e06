"""What of a configuration is secret: what has to be one, what can be one, and what no message shows."""

import difflib
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from components import Problem

PROJECT = "secure-nginx"
# The stack that make takes if it is told none.
DEFAULT_STACK = "dev"
# How the remedy begins for a key that only other kinds of its object have.
GOES_WITH = "goes with"

# The letters of the keys that hold secrets, however they are written.
_PLACES = ("kubeconfig", "privatekey")


@dataclass(frozen=True, kw_only=True)
class Secrets:
    """What no message may show.

    Attributes:
        known: The keys of the project.
        keys: Full keys whose values are secrets of Pulumi's.
        stack_name: Name of the stack that they are kept for.
        context: What make was given as KUBE_CONTEXT; empty on the lab.
    """

    known: frozenset[str]
    keys: frozenset[str]
    stack_name: str
    context: str

    def in_the_clear(self, path: str) -> Iterator[Problem]:
        """Yield a problem if the value at `path` is no secret; it is not shown."""
        if not self._is_kept(path):
            remedy = f"must be a secret; take it out and run: {self._set(path)}"
            yield Problem(field=path, value="[plain text]", remedy=remedy)

    def asked_for(self, problem: Problem) -> Problem:
        """The problem; where a private key is missing, or kept for another source, with the command that mends it."""
        if not problem.field.endswith("certificate.privateKey"):
            return problem
        if problem.value is None:
            return replace(problem, remedy=f"is required; run: {self._set(problem.field)}")
        if self._is_kept(problem.field) and problem.remedy.startswith(GOES_WITH):
            command = self._make(f"config rm --path {PROJECT}:{problem.field}")
            remedy = f"{problem.remedy}, or take out the key, which is kept as a secret: {command}"
            return replace(problem, remedy=remedy)
        return problem

    def not_kept(self, values: Mapping[str, object]) -> Iterator[Problem]:
        """Yield each key that is given as a secret, though nothing in it would be kept as one.

        Args:
            values: What is configured, by key of the project.
        """
        for key in sorted(self.known):
            if f"{PROJECT}:{key}" in self.keys and not _keeps_secret(key, values.get(key)):
                remedy = (
                    "is a secret that state, previews and comments would show in plain text; take it out (such as by "
                    f"{self._make(f'config rm {PROJECT}:{key}')}), and write it into the stack's file in plain "
                    "text, or keep what is secret elsewhere, as in a Secret of the cluster"
                )
                yield Problem(field=key, value="[secret]", remedy=remedy)

    def hidden(self, problem: Problem) -> Problem:
        """The problem with its key in full, and without its value if that may be a secret."""
        parts = problem.field.split(".")
        # All else is a full key already, or an environment variable.
        field = f"{PROJECT}:{problem.field}" if parts[0] in self.known else problem.field
        # What is said of a site can be in what all sites share, so that any part may be the key of a secret.
        keys = {field, *(f"{PROJECT}:{part}" for part in parts)}
        secret = problem.value is not None and keys & self.keys
        value = "[secret]" if secret else shown(problem.value)
        # A name may be the text that is in the wrong place, and a remedy repeat it.
        return replace(problem, field=_text(field), value=value, remedy=_text(problem.remedy))

    def _is_kept(self, path: str) -> bool:
        """Whether the value at `path` is a secret of Pulumi's."""
        return f"{PROJECT}:{path.partition('.')[0]}" in self.keys

    def _set(self, path: str) -> str:
        """The command that makes a file's content the secret at `path`."""
        return f"{self._make(f'config set --secret --path {PROJECT}:{path}')} < FILE"

    def _make(self, arguments: str) -> str:
        """The command that has Pulumi do something with the stack."""
        stack = "" if self.stack_name == DEFAULT_STACK else f"STACK={self.stack_name} "
        cluster = f"KUBE_CONTEXT={shlex.quote(self.context)} " if self.context else ""
        return f"make pulumi {stack}{cluster}ARGS='{arguments}'"


def shown(value: object) -> object:
    """`value` as a message shows it: a text of several lines may be a key or a kubeconfig in the wrong place."""
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Mapping):
        return {_text(str(key)): shown_at(str(key), each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(map(shown, value))
    return value


def shown_at(path: str, value: object) -> object:
    """`value` as a message shows it that is wrong at `path`; nothing of it where the path tells of a secret."""
    return shown(value) if value is None or not _tells_of_secret(path) else "[not shown]"


def is_kubeconfig_text(kubeconfig: str) -> bool:
    """Whether it is a kubeconfig itself, in YAML or JSON, which may hold credentials; a path does not."""
    return "\n" in kubeconfig or kubeconfig.lstrip().startswith("{")


def _text(text: str) -> str:
    if "\n" not in text and "PRIVATE KEY" not in text:
        return text
    count = len(text.splitlines())
    return f"[text of {count} line{'s' if count > 1 else ''}]"


def _tells_of_secret(path: str) -> bool:
    """Whether a path leads to the place of a secret, or nearly does: `private_key`, `tls.privatKey`, `kubeConfig`."""
    parts = [re.sub("[^a-z]", "", part) for part in path.lower().split(".")]
    typed_wrongly = difflib.get_close_matches(parts[-1], _PLACES, cutoff=0.8)
    return bool(typed_wrongly) or any(place in "".join(parts) for place in _PLACES)


def _keeps_secret(key: str, value: object) -> bool:
    """Whether a value has a place for a secret that stays one."""
    if not isinstance(value, Mapping):
        return key == "kubeconfig"
    if key == "sites":
        own = [site.get("certificate") for site in value.values() if isinstance(site, Mapping)]
        return any(_keeps_secret("certificate", certificate) for certificate in own)
    return key == "certificate" and "privateKey" in value
