"""All rules of the pack."""

from collections.abc import Sequence

from policy import certificates, images, keys, load_balancers, ports, trust
from policy.rule import Rule
from policy.security import RESTRICTED_PODS

RULES: Sequence[Rule] = (
    ports.TLS_ONLY_PORTS,
    RESTRICTED_PODS,
    images.IMAGE_DIGEST,
    load_balancers.CLOSED_LOAD_BALANCER,
    certificates.CERTIFICATE_LIFETIME,
    certificates.CERTIFICATE_NAMES,
    trust.VERIFIED_TLS,
    keys.KEYS_IN_SECRETS,
)
