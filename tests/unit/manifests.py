"""What stacks declare, and the rules on it, as text to be reviewed; `python -m tests.unit.manifests` writes it."""

import functools
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml

from hardening.catalogue import RULES
from scenarios import model, values
from tests.unit import harness
from tests.unit.harness import Recorded
from tests.unit.stacks import ROOT, STACKS, run_program, stack_config, with_defaults

FOLDER = Path(__file__).parent / "snapshots"
RULES_FILE = FOLDER / "hardening.txt"

Manifest = dict[str, Any]

_SCRIPTS = {file.read_text(): file.name for file in (ROOT / "components" / "_probe" / "script").iterdir()}
_CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\n?", re.DOTALL)
_PIN = re.compile(r"^(certificate|fingerprint) \S+$", re.MULTILINE)
_HIDDEN = "c2VjcmV0"
"""`secret` in base64: what stands in a snapshot for all that a Secret holds."""


def snapshots() -> Mapping[str, Callable[[], str]]:
    """What makes the text of every snapshot, by its name: of each own stack, and of each scenario's first step.

    What scenarios have in common is in a snapshot of its own; theirs have only what is different there.
    """
    stacks = {path.name.split(".")[1]: functools.partial(_of_stack, path) for path in STACKS}
    scenarios = {each.namespace: functools.partial(_own, each) for each in model.load()}
    return {**stacks, "scenarios": lambda: _text(_common()), **scenarios}


def manifests(config: Mapping[str, str]) -> list[Manifest]:
    """What a stack of that configuration declares, in a fixed order, without what is secret or new every time."""
    with harness.event_loop():
        deployed = harness.deploy(run_program, config)
    objects = (each for each in deployed.resources if "apiVersion" in each.inputs)
    return sorted((_manifest(each) for each in objects), key=_place)


def _text(found: list[Manifest]) -> str:
    return yaml.dump_all(found, Dumper=_Dumper, sort_keys=False, width=110, allow_unicode=True)


def rule_names() -> str:
    """Every name of every rule of a scanner, sorted, each in its line."""
    return "".join(f"{each}\n" for each in sorted(each for rule in RULES for each in rule.ids))


def read(name: str) -> list[Manifest]:
    """The manifests in a snapshot."""
    return list(yaml.safe_load_all((FOLDER / f"{name}.yaml").read_text()))


def _of_stack(path: Path) -> str:
    return _text(manifests(stack_config(path)))


def _own(scenario: model.Scenario) -> str:
    return _without(manifests(_of_scenario(scenario.steps[0].config)), _common())


@functools.cache
def _common() -> list[Manifest]:
    return manifests(_of_scenario(yaml.safe_load(model.COMMON.read_text())["config"]))


def _of_scenario(config: Mapping[str, Any]) -> dict[str, str]:
    # All in one namespace: so what they have in common is equal.
    facts = {"namespace": "scenario", "folder": "/srv/shared", "clusterIp": "10.96.200.200"}
    return with_defaults(values.filled(config, facts))


def _without(own: list[Manifest], common: list[Manifest]) -> str:
    """The manifests that are not common, and the names of common ones that are not there."""
    missing = sorted({_place(each) for each in common} - {_place(each) for each in own})
    notes = "".join(f"# No {kind} {name}\n" for kind, name in missing)
    return notes + _text([each for each in own if each not in common])


def _manifest(declared: Recorded) -> Manifest:
    plain = {key: _plain(value) for key, value in declared.inputs.items()}
    # Pulumi makes up the rest of the name where the program gives none.
    plain["metadata"] = {"name": f"{declared.name}-0a1b2c3d", **plain["metadata"]}
    if plain["kind"] == "Secret":
        plain |= {field: dict.fromkeys(plain[field], _HIDDEN) for field in ("data", "stringData") if field in plain}
    first = {key: plain.pop(key) for key in ("apiVersion", "kind", "metadata")}
    return {**first, **plain}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in sorted(value.items())}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return _shown(value) if isinstance(value, str) else value


def _shown(value: str) -> str:
    if value in _SCRIPTS:
        return f"(the file {_SCRIPTS[value]})"
    return _PIN.sub(r"\1 (that of the certificate)", _CERTIFICATE.sub("(a certificate)\n", value))


def _place(manifest: Manifest) -> tuple[str, str]:
    return manifest["kind"], manifest["metadata"]["name"]


class _Dumper(yaml.SafeDumper):
    """Writes texts of several lines as such."""

    def ignore_aliases(self, data: object) -> bool:
        del data
        return True


def _lines(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None)


_Dumper.add_representer(str, _lines)


def main() -> None:
    """Write every snapshot, and remove those of stacks that are no more."""
    texts = {name: make() for name, make in snapshots().items()}
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.yaml"):
        old.unlink()
    for name, text in texts.items():
        (FOLDER / f"{name}.yaml").write_text(text)
    RULES_FILE.write_text(rule_names())


if __name__ == "__main__":
    main()
