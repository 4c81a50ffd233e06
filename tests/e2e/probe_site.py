"""A site that this project did not deploy: two nginx pods with good and bad ports, made by kubectl alone."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.e2e import driver
from tests.unit.probe.harness import Authority, Leaf

NAMESPACE = "probe-e2e"
SITE = "site"
PODS = "pods"
LATE = "late"
FADING = "fading"
ALIAS = "alias"
DOMAIN = f"{NAMESPACE}.svc.cluster.local"
GOOD, OTHER_NAME, EXPIRED, PLAIN, NOBODY = 8443, 8444, 8445, 8080, 8499
WELCOME = "Welcome to the site of somebody else"
LATE_SECONDS = 20
_IMAGE = "localhost/secure-nginx/nginx:1.30.6"
_NAMES = tuple(
    name
    for service in (SITE, PODS, LATE, FADING, ALIAS)
    for name in (service, f"{service}.{NAMESPACE}", f"{service}.{NAMESPACE}.svc", f"{service}.{DOMAIN}")
)
_USER = {
    "runAsNonRoot": True,
    "runAsUser": 10001,
    "runAsGroup": 10001,
    "fsGroup": 10001,
    "seccompProfile": {"type": "RuntimeDefault"},
}
_CONTAINER = {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}}


def deploy(folder: Path) -> None:
    """Make the site anew in a namespace where nothing is allowed that no policy allows."""
    remove()
    authority = Authority(folder, "ca")
    leaves = {
        "good": authority.leaf(*_NAMES),
        "other-name": authority.leaf("somebody.else"),
        "expired": authority.leaf(*_NAMES, days=-1),
    }
    _apply(
        _namespace(),
        *_policies(),
        _object("Secret", "leaves", stringData={f"{name}.pem": _text(leaf) for name, leaf in leaves.items()}),
        *(
            _object("ConfigMap", name, data={"ca.crt": authority.file.read_text()})
            for name in ("authority", "authority-again")
        ),
        _object("ConfigMap", "stranger", data={"ca.crt": Authority(folder, "stranger").file.read_text()}),
        _object("ConfigMap", "conf", data={"nginx.conf": _CONF}),
        _deployment(SITE, replicas=2),
        _service(SITE, SITE, type="LoadBalancer"),
        _service(PODS, SITE, clusterIP="None"),
        _service(FADING, SITE),
        _service(LATE, LATE),
        _object("Service", ALIAS, spec={"type": "ExternalName", "externalName": f"{SITE}.{DOMAIN}"}),
    )
    driver.kubectl("rollout", "status", f"deployment/{SITE}", f"--namespace={NAMESPACE}", "--timeout=180s")


def start_late() -> None:
    """Make the pods of the Service `late`, which answer only after LATE_SECONDS."""
    _apply(_deployment(LATE, replicas=1, delay=LATE_SECONDS))


def remove() -> None:
    """Remove all of it, if it is there."""
    driver.kubectl("delete", "namespace", NAMESPACE, "--ignore-not-found", "--timeout=180s")


def service(name: str = SITE) -> dict[str, Any]:
    """Return the Service as the cluster knows it."""
    (found,) = [each for each in driver.objects("services", namespace=NAMESPACE) if each["metadata"]["name"] == name]
    return found


def _text(leaf: Leaf) -> str:
    return leaf.chain_file.read_text()


def _apply(*manifests: Mapping[str, object]) -> None:
    file = driver.LAB / "cluster" / "probe-site.json"
    file.touch(mode=0o600)
    try:
        file.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": manifests}))
        driver.kubectl("apply", f"--filename={file}")
    finally:
        file.unlink()


def _object(kind: str, name: str, api_version: str = "v1", **fields: object) -> dict[str, object]:
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": name, "namespace": NAMESPACE}, **fields}


def _namespace() -> dict[str, object]:
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE, "labels": labels}}


def _policies() -> list[dict[str, object]]:
    everything = {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    probes = {"podSelector": {"matchLabels": {"app.kubernetes.io/name": "curl-probe"}}}
    # Node ports arrive with a node's address.
    nodes = [{"ipBlock": {"cidr": "10.89.0.0/24"}}, {"ipBlock": {"cidr": "10.90.0.0/16"}}]
    admitted = {
        "podSelector": {"matchExpressions": [{"key": "app", "operator": "In", "values": [SITE, LATE]}]},
        "ingress": [{"from": [probes, *nodes]}],
    }
    policy = "networking.k8s.io/v1"
    return [
        _object("NetworkPolicy", "nothing", policy, spec=everything),
        _object("NetworkPolicy", "probes", policy, spec=admitted),
    ]


def _service(name: str, app: str, **spec: object) -> dict[str, object]:
    ports = [{"name": f"p{port}", "port": port} for port in (GOOD, OTHER_NAME, EXPIRED, PLAIN, NOBODY)]
    return _object("Service", name, spec={"selector": {"app": app}, "ports": ports, **spec})


def _deployment(app: str, *, replicas: int, delay: int = 0) -> dict[str, object]:
    container = {
        "name": "nginx",
        "image": _IMAGE,
        "command": ["sh", "-c", f"sleep {delay}; exec nginx -e stderr -c /conf/nginx.conf"],
        "securityContext": _CONTAINER,
        "volumeMounts": [
            {"name": "conf", "mountPath": "/conf"},
            {"name": "leaves", "mountPath": "/leaves"},
            {"name": "tmp", "mountPath": "/tmp"},
        ],
    }
    if not delay:
        container["readinessProbe"] = {"tcpSocket": {"port": GOOD}, "periodSeconds": 1}
    pod = {
        "containers": [container],
        "securityContext": _USER,
        "automountServiceAccountToken": False,
        "terminationGracePeriodSeconds": 0,
        "volumes": [
            {"name": "conf", "configMap": {"name": "conf"}},
            {"name": "leaves", "secret": {"secretName": "leaves", "defaultMode": 0o440}},
            {"name": "tmp", "emptyDir": {"medium": "Memory"}},
        ],
    }
    template = {"metadata": {"labels": {"app": app}}, "spec": pod}
    spec = {"replicas": replicas, "selector": {"matchLabels": {"app": app}}, "template": template}
    return _object("Deployment", app, "apps/v1", spec=spec)


def _server(port: int, leaf: str) -> str:
    return f"""
  server {{
    listen {port} ssl;
    http2 on;
    ssl_certificate /leaves/{leaf}.pem;
    ssl_certificate_key /leaves/{leaf}.pem;
    add_header Strict-Transport-Security "max-age=1000" always;
    location = / {{ return 200 "{WELCOME}\\n"; }}
    location = /broken {{ return 503; }}
    location = /moved {{ return 301 https://elsewhere.invalid/; }}
    location / {{ return 404; }}
  }}"""


_CONF = f"""daemon off;
pid /tmp/nginx.pid;
error_log stderr;
events {{}}
http {{
  access_log off;
  client_body_temp_path /tmp/1;
  proxy_temp_path /tmp/2;
  fastcgi_temp_path /tmp/3;
  uwsgi_temp_path /tmp/4;
  scgi_temp_path /tmp/5;
  server {{
    listen {PLAIN};
    return 308 https://$host:{GOOD}$request_uri;
  }}
{_server(GOOD, "good")}{_server(OTHER_NAME, "other-name")}{_server(EXPIRED, "expired")}
}}
"""
