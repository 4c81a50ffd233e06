"""Which of the touched resources need which, as a Mermaid graph, where a picture says more than the table."""

from collections.abc import Iterator, Sequence

from previews.markdown import label
from previews.step import Step

FEWEST, MOST = 3, 30
"""Between these numbers of resources a graph helps: fewer need none, more are a thicket."""

_STYLES = {
    "create": "fill:#dafbe1,stroke:#1a7f37,color:#1f2328",
    "update": "fill:#fff8c5,stroke:#9a6700,color:#1f2328",
    "replace": "fill:#ffebe9,stroke:#cf222e,color:#1f2328",
    "delete": "fill:#ffebe9,stroke:#cf222e,color:#1f2328,stroke-dasharray:4",
}


def lines(steps: Sequence[Step]) -> list[str]:
    """The lines of the graph; none where it would not help."""
    touched = [step for step in steps if step.custom and step.operation in _STYLES]
    numbers = {step.urn: number for number, step in enumerate(touched)}
    edges = sorted(
        (numbers[needed], numbers[step.urn]) for step in touched for needed in step.dependencies if needed in numbers
    )
    if not FEWEST <= len(touched) <= MOST or not edges:
        return []
    return ["graph LR", *_nodes(touched), *_arrows(edges), *_classes({step.operation for step in touched})]


def _nodes(touched: Sequence[Step]) -> Iterator[str]:
    for number, step in enumerate(touched):
        yield f'  n{number}["{step.operation} {label(step.short_kind)}<br>{label(step.name)}"]:::{step.operation}'


def _arrows(edges: Sequence[tuple[int, int]]) -> Iterator[str]:
    """The edges, without those that follow from two others."""
    given = set(edges)
    middle = {number for edge in edges for number in edge}
    for start, end in edges:
        if not any((start, via) in given and (via, end) in given for via in middle):
            yield f"  n{start} --> n{end}"


def _classes(operations: set[str]) -> Iterator[str]:
    for operation in sorted(operations):
        yield f"  classDef {operation} {_STYLES[operation]}"
