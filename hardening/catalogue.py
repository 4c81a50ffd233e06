"""All rules, and where a stack of this project does not follow one, with the reason."""

from collections.abc import Mapping

from hardening.object_rules import OBJECT_RULES
from hardening.pod_rules import CONTAINER_RULES, POD_RULES
from hardening.rule import Rule
from hardening.views import Stack

RULES: tuple[Rule, ...] = (*CONTAINER_RULES, *POD_RULES, *OBJECT_RULES)

_LOCAL_IMAGES = "the lab's images are built on its nodes: no registry has them, and no digest of theirs is known before"
NOT_FOLLOWED: Mapping[str, str] = {
    "polaris:pullPolicyNotAlways": "a digest names the content; asking the registry at every start only makes each "
    "start depend on it",
    "polaris:priorityClassNotSet": "classes belong to the cluster's owner: scheduling.priorityClass names one",
    "kubesec:HostUsers": "needs Linux 6.3 and containerd 2; older ones fail or ignore it: scheduling.userNamespace",
    "kubesec:ApparmorAny": "kubelet refuses such pods on nodes without AppArmor, and the runtime's default profile "
    "holds on the others anyway",
    "kube-linter:default-service-account": "the probe's pods mount no token, so the account gives them nothing",
    "kube-linter:exposed-services": "a site is for clients outside the cluster: they come by node ports on the lab, "
    "and otherwise by a load balancer, which admits only listed networks (closed-load-balancer)",
    "kube-linter:job-ttl-seconds-after-finished": "a Job that the cluster removes by itself is drift in Pulumi's eyes; "
    "the next update replaces it",
}
"""Why no stack follows a rule, by the rule's first name."""

NOT_FOLLOWED_BY: Mapping[tuple[str, str], str] = {
    ("dev", "checkov:CKV_K8S_43"): _LOCAL_IMAGES,
    ("dev", "checkov:CKV_K8S_15"): _LOCAL_IMAGES,
    ("dev", "kube-score:service-type"): "the machine that the lab runs on reaches the site by node ports",
    ("dev", "kube-linter:minimum-three-replicas"): "the lab has two nodes",
}
"""The same for single stacks, by their name and the rule's."""

NOT_FOLLOWED_BY_GUESTS: Mapping[str, str] = {
    "pss:restricted": "the stack is a guest: who makes its namespace labels it (docs/operations.md)",
}
"""The same for stacks whose namespace somebody else makes."""


def reason(name: str, stack: Stack, rule: Rule) -> str | None:
    """Why a stack does not follow a rule; None if it has to.

    Args:
        name: Name of the stack.
        stack: What it declares.
        rule: The rule.
    """
    as_guest = None if stack.of("Namespace") else NOT_FOLLOWED_BY_GUESTS.get(rule.name)
    return as_guest or NOT_FOLLOWED_BY.get((name, rule.name)) or NOT_FOLLOWED.get(rule.name)
