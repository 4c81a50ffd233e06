"""Compute resources of a container."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from . import _checks
from ._problems import Problem


@dataclass(frozen=True, kw_only=True)
class Resources:
    """Requests and limits, as Kubernetes quantities; no request may exceed its limit.

    Attributes:
        cpu_request: CPU that a node must have free for the container, in CPUs such as 0.5, or in
            thousandths of one such as 500m. Default 50m.
        cpu_limit: The most CPU that it gets, written in the same way. nginx has one worker for each
            begun CPU. Default 500m.
        memory_request: Memory that a node must have free for it, in bytes or with a unit such as
            Mi or Gi. Default 64Mi.
        memory_limit: The most memory that it may use, files in /tmp included; beyond that it is
            killed. Default 128Mi.
        storage_request: Ephemeral storage, for logs, that a node must have free for it, in bytes or
            with a unit. Default 16Mi.
        storage_limit: The most ephemeral storage that it may use; beyond that its pod is evicted.
            Default 128Mi.
    """

    cpu_request: str = "50m"
    cpu_limit: str = "500m"
    memory_request: str = "64Mi"
    memory_limit: str = "128Mi"
    storage_request: str = "16Mi"
    storage_limit: str = "128Mi"

    def problems(self) -> Iterator[Problem]:
        """Yield every problem with these fields."""
        for name, check in (("cpu", _checks.cpu), ("memory", _checks.size), ("storage", _checks.size)):
            request, limit = getattr(self, f"{name}_request"), getattr(self, f"{name}_limit")
            unreadable = [*check(f"{name}_request", request), *check(f"{name}_limit", limit)]
            yield from unreadable
            # The API server refuses it as well, but only in the middle of an update.
            if not unreadable and _checks.amount(request) > _checks.amount(limit):
                yield Problem(
                    field=f"{name}_request",
                    value=request,
                    remedy=f"must not exceed {name}_limit ({limit}); lower it, or raise the limit",
                )

    def requests(self) -> dict[str, str]:
        """The requests as Kubernetes names them."""
        return {
            "cpu": self.cpu_request,
            "memory": self.memory_request,
            "ephemeral-storage": self.storage_request,
        }

    def limits(self) -> dict[str, str]:
        """The limits as Kubernetes names them."""
        return {
            "cpu": self.cpu_limit,
            "memory": self.memory_limit,
            "ephemeral-storage": self.storage_limit,
        }

    @property
    def workers(self) -> int:
        """Worker processes that the CPU limit can feed.

        nginx itself would count the cores of the node, which a container does not own.
        """
        return max(1, math.ceil(_checks.amount(self.cpu_limit)))
