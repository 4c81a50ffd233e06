"""Who may connect to a site's pods."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from . import _checks
from ._problems import Problem


@dataclass(frozen=True, kw_only=True)
class Access:
    """Who may connect; nginx itself may connect to nothing, or to port 53 alone.

    With none of the lists, everyone may connect, to the serving ports alone. Traffic through
    node ports and load balancers can arrive with a node's address: list the nodes' networks
    as well then.

    Attributes:
        restricted: Whether a NetworkPolicy says so to the cluster. Default True.
        namespaces: Names of namespaces whose pods may connect. Default none.
        pods: Label sets; pods of the site's own namespace that bear one may connect. Default
            none.
        networks: Networks in CIDR notation that may connect. Default none.
        dns: Whether nginx may look names up, for snippets with a `resolver`: connect to port 53,
            wherever that is. Where the cluster's DNS pods listen on another port, that needs a policy
            of your own. Default False.
    """

    restricted: bool = True
    namespaces: tuple[str, ...] = ()
    pods: tuple[Mapping[str, str], ...] = ()
    networks: tuple[str, ...] = ()
    dns: bool = False

    @property
    def open(self) -> bool:
        """Whether everyone may connect."""
        return not (self.namespaces or self.pods or self.networks)

    def problems(self) -> Iterator[Problem]:
        """Yield every problem with these fields."""
        for namespace in self.namespaces:
            yield from _checks.dns_label("namespaces", namespace)
        for labels in self.pods:
            yield from _checks.labels("pods", labels)
            if not labels:
                yield Problem(field="pods", value={}, remedy="must name at least one label")
        for network in self.networks:
            yield from _checks.cidr("networks", network)
        if not self.restricted:
            yield from _checks.no_effect(self, "dns", "where restricted is false: nginx may connect to everything then")
        if not self.restricted and not self.open:
            yield Problem(
                field="restricted",
                value=False,
                remedy="must be true for the lists to have an effect; set it, or empty the lists",
            )
