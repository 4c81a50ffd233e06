"""What stands in the way of a figure, or of a better one, by the figure's name."""

from collections.abc import Mapping

from .delivery.figures import growth

_ASLEEP = (
    "Whoever watches the API server asks again after pauses that double up to 30 to 60 seconds and become short again "
    "only after two minutes without one (client-go's reflector). Until the last controller has asked, nothing is "
    "rolled out. No flag of Kubernetes shortens that, and nothing in the site's own objects does."
)
_LOST = (
    "A lost node keeps its place among the Service's endpoints until the cluster calls it not ready, 50 seconds "
    "after its last word (`--node-monitor-grace-period` of the controller manager, the default); a client that "
    "was sent there just before waits 5 more. Nothing in the site's own objects shortens that."
)
_CALLED_LOST = (
    "The API server was back, but the controller manager still slept on its watch of the nodes' leases. 50 seconds "
    "after it had seen the last of them it called both nodes not ready, which were well (its log: 'Controller "
    "detected that all Nodes are not-Ready'), and their pods left the Service's endpoints. Where a Service has none, "
    "kube-proxy refuses new connections; kept ones went on. It happens or not, as the pauses fall: nothing failed in "
    "the run before. Nothing in the site's own objects prevents it."
)
_ENCRYPTED = (
    "The same within the spread of the runs: at this size encrypting and copying take the time, which both do alike."
)
_ONE_WORKER = (
    "Four connections send 25 requests a second each, at the same moments. Under this limit the project runs one "
    "worker, which answers them one after another; the tutorials' `worker_processes auto` starts one for each core of "
    "the node. With two workers this project's p50 is 1.09 times theirs and its p99 1.17 times, taken in each round as "
    "here (tables above), and the runs spread wider than that; but it makes some 10 % fewer connections and answers "
    "some 5 % fewer small requests, as there is processor for one alone."
)
_AGAINST_TUTORIALS = "This project against the others: tutorials"

_FURTHER_SITE = {
    "from nothing to the first verified HTTPS answer": (
        "Each site is two pods and a third that proves it, and their containers start on two cores that the cluster "
        "and the engine need as well: the other ways, which start as many, need 0.7 to 4 s for each site, too. The "
        "engine also writes its whole state twice for each resource, which costs more with every site: with 50 sites "
        "its profile has three quarters of its time there (encoding, checksum and copy of a file of 6 MB)."
    ),
    "nothing to do": (
        "The program declares every object of every site, and engine and plugin compare it with the state, a request "
        "between these processes for each; the processor is what limits it."
    ),
}

EXPLANATIONS: Mapping[str, str] = {
    **{
        f"{growth(*counts)}: this project, {step}": words
        for counts in ((1, 10), (10, 50), (50, 100))
        for step, words in _FURTHER_SITE.items()
    },
    "Faults: API server down for 60 s, failed": _CALLED_LOST,
    "Faults: node lost for 90 s, until the last failure": _LOST,
    f"{_AGAINST_TUTORIALS}, new connections with a request, for a second of processor": (
        "The kind of key changes the signature above all: by `openssl speed` one with RSA 2048 takes 0.23 ms more than "
        "one with P-256 (table below), which is most of the 0.29 ms by which these connections differ; resumed ones, "
        "which need none, take 0.45 and 0.48 ms. How much it is depends on the processor: an RSA signature took "
        "0.25 ms on one machine and 0.67 ms on another, a P-256 signature 0.02 ms on both. The rest of a connection, "
        "0.4 to 0.6 ms for the key agreement, the key schedule, tickets, the request and the kernel, is there with any "
        "key, so that even a signature for nothing would bring at most 1.6 times the connections here, not four times."
    ),
    f"{_AGAINST_TUTORIALS}, new connections with a request, a second": (
        "Both servers have the same CPU limit and use all of it, so that this is the ratio of what a connection "
        "costs them; see the figure for a second of processor."
    ),
    f"{_AGAINST_TUTORIALS}, requests, HTTP/1.1, 100 KB, a second": _ENCRYPTED,
    f"{_AGAINST_TUTORIALS}, requests, HTTP/1.1, 100 KB, for a second of processor": _ENCRYPTED,
    f"{_AGAINST_TUTORIALS}, p50": _ONE_WORKER,
    f"{_AGAINST_TUTORIALS}, p99": _ONE_WORKER,
    "New connections with a request against `openssl speed`, for a second of processor: this project, of the "
    "signatures": (
        "A P-256 signature is about 0.02 ms, a connection with its request about 0.5 ms: the signature is a "
        "twenty-sixth of the work. The limit is the connection, not the signature; the goal could be met only with a "
        "slow signature."
    ),
    "1 site: wall time of this project against the tutorials' way: from nothing to the first verified HTTPS answer, "
    "ratio": (
        "The first seconds are the start of the engine, its plugins and the program, as a preview that changes "
        "nothing shows; the tutorials' way is over by then. The rest is waiting for things one after another: the "
        "site's pods until the cluster calls them ready, then a pod that asks by every name and looks whether the "
        "wrong is refused. The tutorials' pods have no readiness probe, and their curl asks once."
    ),
    "1 site: nothing to do: this project, wall time": (
        "It is the start of programs, not work on the cluster: all of it is processor time, for 4 API requests. "
        "Engine, language host, Python with the SDK, and the plugins for Kubernetes, TLS and random values begin "
        "anew at every run."
    ),
    "Updates that were killed: API server killed, whole again, with nothing to do": (
        "One recovery ended red: the probe's pod reached the new site by none of its names, though a Deployment, a "
        "Service and a Job on both nodes had just worked. The lab's agent of network policies slept on one node: its "
        "log shows that it asked for pods again only 53 seconds after the update had ended, and to pods that it does "
        "not know it lets nothing through where a policy is. Whether the next `make up` was whole was not tried."
    ),
    "Updates that were killed: API server killed, objects lost, left over or doubled": (
        "Nobody looked in the trial that was not whole again; in the 19 others there were none."
    ),
    "The cluster after its API server was away: killed and started again, until the cluster acts again": _ASLEEP,
    "The cluster after its API server was away: API server down for 60 s, until the cluster acts again": _ASLEEP,
}
