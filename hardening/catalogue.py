"""All rules, and where a stack of this project does not follow one, with the reason."""

from collections.abc import Callable
from dataclasses import dataclass

from hardening.object_rules import OBJECT_RULES
from hardening.pod_rules import CONTAINER_RULES, POD_RULES
from hardening.rule import Finding, Rule
from hardening.views import Manifest, has_digest, labels_of, service_type

RULES: tuple[Rule, ...] = (*CONTAINER_RULES, *POD_RULES, *OBJECT_RULES)


@dataclass(frozen=True, kw_only=True)
class Exemption:
    """Why a rule is not followed.

    Attributes:
        rule: The rule's first name.
        why: The reason.
        covers: Whether the reason is about an object, or about a container where the rule is about containers.
        stack: The name of the stack that it is about; None for all.
    """

    rule: str
    why: str
    covers: Callable[[Manifest], bool] = lambda _: True
    stack: str | None = None


def _is(app: str) -> Callable[[Manifest], bool]:
    return lambda manifest: labels_of(manifest).get("app.kubernetes.io/name") == app


_is_of_site = _is("secure-nginx")
_is_of_probe = _is("curl-probe")


def _is_run_of_probe(manifest: Manifest) -> bool:
    return manifest["kind"] in {"CronJob", "Job"} and _is_of_probe(manifest)


def _is_for_outside(service: Manifest) -> bool:
    """Whether it is a site's with node ports, or admits only listed networks."""
    if service_type(service) == "NodePort":
        return _is_of_site(service)
    return bool(service["spec"].get("loadBalancerSourceRanges"))


def _has_image_of_lab(container: Manifest) -> bool:
    return str(container["image"]).startswith("localhost/")


LOCAL_IMAGES = "the lab's images are built on its nodes: no registry has them, and no digest of theirs is known before"
EXEMPTIONS: tuple[Exemption, ...] = (
    Exemption(rule="checkov:CKV_K8S_43", why=LOCAL_IMAGES, covers=_has_image_of_lab),
    Exemption(rule="checkov:CKV_K8S_15", why=LOCAL_IMAGES, covers=_has_image_of_lab),
    Exemption(rule="polaris:pullPolicyNotAlways", why=LOCAL_IMAGES, covers=_has_image_of_lab),
    Exemption(
        rule="polaris:pullPolicyNotAlways",
        why="a digest names the content; asking the registry at every start only makes each start depend on it",
        covers=has_digest,
    ),
    Exemption(
        rule="polaris:priorityClassNotSet",
        why="classes belong to the cluster's owner: scheduling.priorityClass names one",
    ),
    Exemption(
        rule="kubesec:HostUsers",
        why="needs Kubernetes 1.33, Linux 6.3 and containerd 2; older ones fail or ignore it: scheduling.userNamespace",
    ),
    Exemption(
        rule="kubesec:ApparmorAny",
        why="kubelet refuses such pods on nodes without AppArmor, and the runtime's default profile holds on the "
        "others anyway",
    ),
    Exemption(
        rule="kube-linter:default-service-account",
        why="the probe's pods mount no token, so the account gives them nothing",
        covers=_is_of_probe,
    ),
    Exemption(
        rule="kube-linter:exposed-services",
        why="a site is for clients outside the cluster: they come by node ports on the lab, and otherwise by a load "
        "balancer, which admits only listed networks (closed-load-balancer)",
        covers=_is_for_outside,
    ),
    Exemption(
        rule="kube-linter:job-ttl-seconds-after-finished",
        why="a Job that the cluster removes by itself is drift in Pulumi's eyes; the next update replaces it",
        covers=_is_of_probe,
    ),
    Exemption(
        rule="polaris:metadataAndInstanceMismatched",
        why="their names are generated, so that a change makes new ones; the label names the probe that they are of",
        covers=_is_run_of_probe,
    ),
    Exemption(
        rule="kube-score:service-type",
        why="the machine that the lab runs on reaches the site by node ports",
        covers=_is_of_site,
        stack="dev",
    ),
    Exemption(rule="kube-linter:minimum-three-replicas", why="the lab has two nodes", stack="dev"),
    Exemption(
        rule="pss:restricted",
        why="the stack is a guest: who makes its namespace labels it (docs/operations.md)",
        covers=lambda namespace: not namespace,
    ),
)


def reason(stack: str, rule: Rule, finding: Finding) -> str | None:
    """Why something breaks a rule; None if it may not.

    Args:
        stack: Name of the stack.
        rule: The rule.
        finding: What breaks it.
    """
    for each in EXEMPTIONS:
        if each.rule == rule.name and each.stack in {None, stack} and each.covers(finding.subject):
            return each.why
    return None
