"""Helm, built once from its Go module."""

from pathlib import Path

from lab import builds, paths
from lab.run import run

PROGRAM = paths.ROOT / "bench" / "helm"
_MODULE = Path(__file__).parent.parent / "go" / "helm"
_PACKAGE = "helm.sh/helm/v4/cmd/helm"


def build() -> None:
    """Build Helm, unless it is there already. The first time it takes some minutes.

    Raises:
        LabError: It cannot be built; the text has the end of what the compiler said.
    """
    stamp = PROGRAM.with_suffix(".built")
    pins = (_MODULE / "go.mod").read_text() + (_MODULE / "go.sum").read_text()
    if PROGRAM.exists() and stamp.exists() and stamp.read_text() == pins:
        return
    PROGRAM.parent.mkdir(parents=True, exist_ok=True)
    run(
        ["go", "build", *builds.COMPILING, "-ldflags=-s -w", "-o", PROGRAM, _PACKAGE],
        folder=_MODULE,
        environment=builds.ENVIRONMENT,
    )
    stamp.write_text(pins)
