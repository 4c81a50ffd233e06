"""What is said of wrong arguments, word for word; `python -m tests.unit.messages` writes it down to be reviewed."""

import dataclasses
from collections.abc import Iterator
from typing import Any

from components import (
    Autoscaling,
    CertManagerCertificate,
    ExistingConfigMap,
    ExistingSecret,
    FolderContent,
    GeneratedCertificate,
    InlineContent,
    NginxOptions,
)
from tests.unit import (
    sites,
    test_bad_certificates,
    test_bad_exposures,
    test_bad_input,
    test_guard_rails,
    test_state_encryption,
)
from tests.unit.manifests import FOLDER
from tests.unit.probe import test_args

FILE = FOLDER / "messages.txt"

_MORE: tuple[dict[str, Any], ...] = (
    {"autoscaling": Autoscaling(max_replicas=0)},
    {"autoscaling": Autoscaling(max_replicas=1001)},
    {"autoscaling": Autoscaling(max_replicas=3, cpu_percent=1001)},
    {"content": FolderContent(path="no/such/folder")},
    {"content": ExistingConfigMap(config_map="")},
    {"content": InlineContent(files={"a/../b": ""})},
    {"content": InlineContent(files={"docs": "", "docs/index.html": ""})},
    {"nginx": NginxOptions(http_snippet="charset utf-8;\nindex a.html;\n}\nindex b.html;")},
    {"nginx": NginxOptions(http_snippet="charset utf-8;\nadd_header X 'a;\nindex a.html;\n")},
    {"nginx": NginxOptions(http_snippet="charset utf-8;\nadd_header X 'a'b;\nindex a.html;\n")},
    {"nginx": NginxOptions(server_snippet="access_log /dev/stdout access buffer=64k flush=5s;")},
    {
        "certificate": ExistingSecret(secret_name="a", private_key_key="a/b", public_trust=True),
        "host_names": ("a.example",),
    },
    {
        "certificate": ExistingSecret(secret_name="a", certificate_key=".", private_key_key="..", public_trust=True),
        "host_names": ("a.example",),
    },
    {"certificate": GeneratedCertificate(ca_validity_hours=1, ca_renew_before_hours=0)},
    {"certificate": GeneratedCertificate(ca_validity_hours=30 * 365 * 24 + 1)},
    *(
        {"certificate": CertManagerCertificate(issuer="a", public_trust=True, **fields)}
        for fields in (
            {"issuer_group": "A"},
            {"validity_hours": 0, "renew_before_hours": 1},
            {"validity_hours": 398 * 24 + 1},
            {"validity_hours": 2, "renew_before_hours": 2},
        )
    ),
)


def text() -> str:
    """Every message to every mistake that the tests make, in order and without repeats."""
    return "".join(f"{line}\n" for line in dict.fromkeys(_lines()))


def _lines() -> Iterator[str]:
    modules = test_bad_input, test_bad_exposures, test_bad_certificates
    cases = [case.values[0] for module in modules for case in module.CASES]
    for arguments in (*cases, *_MORE):
        yield from (str(problem) for problem in sites.args(**arguments).problems())
    for fields, _ in test_args.MISTAKES:
        yield from (str(problem) for problem in dataclasses.replace(test_args.GOOD, **fields).problems())
    for change, _ in (*test_guard_rails.SHARED, *test_guard_rails.ALONE):
        yield from test_guard_rails.complaints({**test_guard_rails.PRODUCTION, **change})
    for variables, _ in test_state_encryption.STATES:
        yield from test_guard_rails.complaints(test_guard_rails.PRODUCTION, variables)


if __name__ == "__main__":
    FILE.write_text(text())
