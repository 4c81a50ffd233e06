"""The rendered nginx.conf before nginx itself, and what a configuration that nginx refuses does to a running site."""

import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from components import NginxOptions
from components._nginx_conf import NginxConf, render
from tests.e2e import driver, site_stack
from tests.e2e.site_stack import SiteStack
from tests.unit.probe.harness import Authority

NAMESPACE = "secure-nginx-nginx"
_CHOICES: dict[str, tuple[Any, ...]] = {
    "tls_profile": ("modern", "intermediate"),
    "http": ("off", "redirect", "serve"),
    "hsts_seconds": (0, 60),
    "version": ("1.25.1", "1.30.6"),
    "ecdh_curves": ((), ("X25519MLKEM768", "X25519", "prime256v1")),
    "server_snippet": ("", "location /status {\n    stub_status;\n}"),
}
_OTHERS = {"main_snippet": "worker_rlimit_nofile 2048;", "http_snippet": "gzip on;\nmap_hash_bucket_size 128;"}
_HARDENED: dict[str, Any] = {
    "runAsNonRoot": True, "runAsUser": 10001, "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True,
    "capabilities": {"drop": ["ALL"]}, "seccompProfile": {"type": "RuntimeDefault"},
}  # fmt: skip


def _variants() -> dict[str, str]:
    texts = {}
    for number, values in enumerate(itertools.product(*_CHOICES.values())):
        options = dict(zip(_CHOICES, values, strict=True))
        snippets: dict[str, Any] = _OTHERS if options["server_snippet"] else {}
        for renewed in (False, True):
            conf = NginxConf(
                options=NginxOptions(**options, **snippets),
                workers=1 + number % 2,
                certificate_renewed_in_place=renewed,
                public_https_port=443 if number % 3 else 10443,
            )
            texts[f"{number}-{'renewed' if renewed else 'own'}.conf"] = render(conf)
    return texts


@pytest.fixture
def namespace() -> Iterator[str]:
    site_stack.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}})
    yield NAMESPACE
    driver.kubectl("delete", "namespace", NAMESPACE)


def test_nginx_accepts_every_variant_and_refuses_a_broken_one(namespace: str, tmp_path: Path) -> None:
    texts = _variants()
    assert len(texts) == 192
    some = next(iter(texts.values()))
    texts["broken.conf"] = some.replace("http2 on;", "http2 perhaps;")
    texts["two-buffers.conf"] = some.replace("http2 on;", "http2 on; access_log /dev/stdout access buffer=64k;")
    leaf = Authority(tmp_path, "ca").leaf("www.example.com")
    pair = {"tls.crt": leaf.pem, "tls.key": leaf.chain_file.read_text().removesuffix(leaf.pem)}
    halves = [dict(list(texts.items())[start::2]) for start in (0, 1)]
    site_stack.apply(
        {"apiVersion": "v1", "kind": "Secret", "metadata": _named("pair"), "stringData": pair},
        *({"apiVersion": "v1", "kind": "ConfigMap", "metadata": _named(f"conf-{i}"), "data": half}
          for i, half in enumerate(halves)),
        _pod("pair", ["conf-0", "conf-1"]),
    )  # fmt: skip

    site_stack.until(lambda: "all tested" in _log(), 240, "nginx did not come to an end")

    verdicts = dict(re.findall(r"^verdict (\S+) (\d)$", _log(), re.MULTILINE))
    assert verdicts.keys() == texts.keys()
    assert {name for name, code in verdicts.items() if code != "0"} == {"broken.conf", "two-buffers.conf"}, _log()


def _named(name: str) -> dict[str, str]:
    return {"name": name, "namespace": NAMESPACE}


def _log() -> str:
    return driver.run([
        driver.LAB / "bin" / "kubectl", f"--kubeconfig={driver.KUBECONFIG}", "logs", "tester",
        f"--namespace={NAMESPACE}",
    ]).output  # fmt: skip


def _pod(secret: str, config_maps: list[str]) -> dict[str, Any]:
    script = (
        "for file in /conf/*/*.conf; do nginx -t -q -e stderr -c $file; echo verdict ${file##*/} $?; done;"
        " echo all tested"
    )
    mounts = [{"name": name, "mountPath": f"/conf/{name}"} for name in config_maps]
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": _named("tester"),
        "spec": {
            "restartPolicy": "Never",
            "terminationGracePeriodSeconds": 0,
            "containers": [
                {
                    "name": "nginx", "image": site_stack.NGINX, "command": ["sh", "-c", script],
                    "securityContext": _HARDENED,
                    "volumeMounts": [
                        *mounts, {"name": "tls", "mountPath": "/etc/secure-nginx/tls"},
                        {"name": "tmp", "mountPath": "/tmp"},
                    ],
                }
            ],
            "volumes": [
                *({"name": name, "configMap": {"name": name}} for name in config_maps),
                {"name": "tls", "secret": {"secretName": secret}},
                {"name": "tmp", "emptyDir": {}},
            ],
        },
    }  # fmt: skip


@pytest.fixture
def stack(project: Path) -> Iterator[SiteStack]:
    # A site has two minutes for a rollout; a test has less.
    workload = project / "components" / "_workload.py"
    text = workload.read_text()
    assert text.count("_PROGRESS_SECONDS = 120") == 1
    workload.write_text(text.replace("_PROGRESS_SECONDS = 120", "_PROGRESS_SECONDS = 15"))
    with site_stack.made(project, "snippets") as made:
        yield made


def test_a_bad_snippet_is_stopped_and_the_running_pods_stay(stack: SiteStack) -> None:
    stack.up(nginx={"serverSnippet": "location /status {\n  stub_status;\n}"})
    pods = stack.identities()

    unclosed = stack.try_up(nginx={"serverSnippet": "location /status {\n  stub_status;\n"})
    assert unclosed.code != 0
    assert "secure-nginx:nginx.serverSnippet: '(text)' does not close a block that it opens" in unclosed.output
    assert stack.identities() == pods

    unknown = stack.try_up(nginx={"serverSnippet": "frobnicate on;"})
    assert unknown.code != 0
    assert 'unknown directive "frobnicate"' in unknown.output
    ready = {pod["metadata"]["uid"] for pod in stack.pods() if _is_ready(pod)}
    assert ready == pods

    stack.up(nginx=None)
    assert stack.proven()
    assert stack.identities().isdisjoint(pods)


def _is_ready(pod: dict[str, Any]) -> bool:
    conditions = {each["type"]: each["status"] for each in pod["status"]["conditions"]}
    return conditions.get("Ready") == "True"
