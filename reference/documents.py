"""Which documents are generated, and from what."""

from collections.abc import Callable, Mapping
from pathlib import Path

from reference import components, configuration

FOLDER = Path(__file__).parents[1] / "docs"
DOCUMENTS: Mapping[str, Callable[[], str]] = {
    "components.md": components.page,
    "configuration.md": configuration.page,
}
