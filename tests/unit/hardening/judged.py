"""Objects for the rules of scanners to be asked about, with no more in them than they must have."""

from collections.abc import Iterator
from typing import Any

from hardening.catalogue import RULES
from hardening.rule import Rule
from hardening.views import Stack

Object = dict[str, Any]

APP = {"app": "web"}


def rule(name: str) -> Rule:
    """The rule by one of its names."""
    (found,) = (each for each in RULES if name in each.ids)
    return found


def broken(name: str, *manifests: Object) -> list[str]:
    """What breaks a rule."""
    return [each.text for each in rule(name).check(Stack(manifests=list(manifests)))]


def rules_broken_by(*manifests: Object) -> Iterator[str]:
    """The first name of every rule that is broken; raises if one cannot be asked."""
    return (each.name for each in RULES if list(each.check(Stack(manifests=list(manifests)))))


def declared(kind: str, spec: Object | None = None, **more: Any) -> Object:
    """An object called `web` in the namespace `shop`."""
    metadata = {"name": "web", "namespace": "shop", "labels": APP}
    return {"apiVersion": "v1", "kind": kind, "metadata": metadata, "spec": spec or {}, **more}


def pod_spec(*containers: Object, **more: Any) -> Object:
    return {"containers": list(containers) or [container()], **more}


def container(**more: Any) -> Object:
    return {"name": "web", "image": "nginx", **more}


def workload(kind: str = "Deployment", pod: Object | None = None, **spec: Any) -> Object:
    """An object that is a pod or makes pods."""
    template: Object = {"metadata": {"labels": APP}, "spec": pod or pod_spec()}
    if kind == "Pod":
        return declared(kind, template["spec"])
    if kind == "CronJob":
        return declared(kind, {"jobTemplate": {"spec": {"template": template}}, **spec})
    return declared(kind, {"selector": {"matchLabels": APP}, "template": template, **spec})


def service(**spec: Any) -> Object:
    """A Service for the pods."""
    return declared("Service", {"selector": APP, **spec})
