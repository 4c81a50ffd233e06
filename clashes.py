"""What the sites of one stack cannot have at the same time."""

import re
from collections.abc import Collection, Iterator, Mapping

import decoding
from components import Problem
from site_settings import SiteSettings

# Names of a site's second Service and of what its authorities are made of.
_CHILD = re.compile(r"(.+)-(?:origin|ca-\d+)")
_NODE_PORTS = ("https_node_port", "http_node_port", "health_check_node_port")


def of_names(names: Collection[str]) -> Iterator[Problem]:
    """Yield each site whose name another site needs for an object of its own."""
    for name in names:
        taken = _CHILD.fullmatch(name)
        if taken and taken[1] in names:
            remedy = f"is what an object of the site {taken[1]!r} is called; choose another name"
            yield Problem(field=f"sites.{name}", value=name, remedy=remedy)


def of_node_ports(sites: Mapping[str, SiteSettings]) -> Iterator[Problem]:
    """Yield each fixed node port that an earlier site has: on all nodes, it is one Service's."""
    owners: dict[int, str] = {}
    for name, site in sites.items():
        for field in _NODE_PORTS:
            port = getattr(site.service, field, None)
            if port is not None and owners.setdefault(port, name) != name:
                place = f"sites.{name}.service.{decoding.camel(field)}"
                yield Problem(
                    field=place, value=port, remedy=f"is that of the site {owners[port]!r}; choose another one"
                )
