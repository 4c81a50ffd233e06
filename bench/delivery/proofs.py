"""The pod that asks a delivered site for its page, for the ways that are compared with this project."""

from .objects import HARDENED, NOBODY, Images, Object, made


def proof(name: str, images: Images) -> Object:
    """A pod's spec that fetches a site's page once it answers, trusting the site's authority and no other."""
    ask = (
        "curl --silent --show-error --fail --cacert /ca/ca.crt --capath /dev/null --retry 20 --retry-delay 1 "
        f"--retry-all-errors --max-time 5 https://{name}/ | grep 'Welcome to nginx!'"
    )
    return {
        "restartPolicy": "Never",
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "terminationGracePeriodSeconds": 2,
        "dnsConfig": {"options": [{"name": "timeout", "value": "1"}, {"name": "attempts", "value": "5"}]},
        "securityContext": NOBODY,
        "containers": [
            {
                "name": "curl",
                "image": images.curl,
                "imagePullPolicy": "IfNotPresent",
                "command": ["sh", "-c", ask],
                "securityContext": HARDENED,
                "resources": {
                    "requests": {"cpu": "10m", "memory": "16Mi", "ephemeral-storage": "1Mi"},
                    "limits": {"cpu": "50m", "memory": "32Mi", "ephemeral-storage": "8Mi"},
                },
                "terminationMessagePolicy": "FallbackToLogsOnError",
                "volumeMounts": [{"name": "ca", "mountPath": "/ca", "readOnly": True}],
            }
        ],
        "volumes": [{"name": "ca", "configMap": {"name": f"{name}-ca"}}],
    }


def policy(name: str) -> Object:
    """What the pod may reach: DNS and the site, and nothing may reach it."""
    dns = [{"port": 53, "protocol": "UDP"}, {"port": 53, "protocol": "TCP"}]
    sites = [{"port": port, "protocol": "TCP"} for port in (80, 443, 8080, 8443)]
    return made(
        "networking.k8s.io/v1",
        "NetworkPolicy",
        f"{name}-proof",
        spec={
            "podSelector": {"matchLabels": _labels(name)},
            "policyTypes": ["Ingress", "Egress"],
            "egress": [{"ports": dns}, {"ports": sites}],
        },
    )


def job(name: str, images: Images) -> Object:
    """The proof as a Job, for those who wait for one."""
    template = {"metadata": {"labels": _labels(name)}, "spec": proof(name, images)}
    return made("batch/v1", "Job", f"{name}-proof", spec={"backoffLimit": 0, "template": template})


def hook(name: str, images: Images) -> Object:
    """The proof as a test of Helm's."""
    pod = made("v1", "Pod", f"{name}-proof", spec=proof(name, images))
    pod["metadata"]["labels"] = _labels(name)
    pod["metadata"]["annotations"] = {"helm.sh/hook": "test", "helm.sh/hook-delete-policy": "before-hook-creation"}
    return pod


def _labels(name: str) -> dict[str, str]:
    return {
        "app.kubernetes.io/name": "curl-probe",
        "app.kubernetes.io/instance": f"{name}-probe",
        "app.kubernetes.io/component": "probe",
    }
