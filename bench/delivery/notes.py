"""What must be known to read the figures of delivery."""

from collections.abc import Iterator, Sequence

from .figures import Sample, growth, sites
from .ways import MOST_AT_FULL_SIZE

_ALWAYS = (
    "Kustomize and Helm deploy the same objects of a site as this project, and ask it with a pod of curl. The "
    "tutorials' way has plainer ones of its own: a key of RSA 2048, no readiness probe, no requests and limits, no "
    "network policy; and it asks each site one question by curl. Part of the time that it saves is what it leaves out.",
    "Nothing to do is not one thing. This project: `pulumi preview --expect-no-changes`, which compares the program "
    "with the state and reads no object of the cluster; with `--refresh` it reads them all first. The tutorials and "
    "Kustomize: `kubectl diff`, which compares files with the live objects. Helm: `helm upgrade --dry-run=server`, "
    "which renders the chart and compares nothing.",
    "API requests are those that the API server's flow control lets through. `kubectl exec`, by which the tutorials "
    "ask their sites, is a long-running request that passes by it and is not counted.",
    "State is what a way remembers beside the objects: Pulumi's checkpoint, or the Secrets of Helm's release. kubectl "
    "remembers in annotations and field managers of the objects themselves, which are not counted.",
    "Removal is of the objects first, until the last pod is gone, and then of the empty namespace. The shell in the "
    "tutorials' pod of curl does not heed the signal to stop: that pod goes after the 30 seconds of its grace period.",
)
_SEVERAL = (
    "With several sites no way waits for one before it begins with the next, but for `helm test`, which runs its pods "
    "one after another, and `kubectl exec`, by which the tutorials ask one site after another."
)


def notes(samples: Sequence[Sample]) -> Iterator[str]:
    """The sentences that belong to these samples."""
    counts = sorted({sample.count for sample in samples})
    yield from _ALWAYS
    if counts and counts[-1] > 1:
        yield _SEVERAL
    for count in (count for count in counts if count > MOST_AT_FULL_SIZE):
        yield (
            f"With {sites(count)}, two pods each as ever, a server's pod asks for 5m of processor time instead of 50m, "
            "or the lab's two nodes would have no room. That is so for every way but the tutorials', whose pods ask "
            "for none."
        )
    if len(counts) > 1:
        yield f"{growth(counts[0], counts[-1])}: by the medians of both."
