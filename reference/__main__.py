"""The command: `python -m reference` writes every generated document."""

import argparse
from collections.abc import Sequence

from reference.documents import DOCUMENTS, FOLDER

DESCRIPTION = f"Write {' and '.join(f'docs/{name}' for name in DOCUMENTS)} anew, from the code."


def main(arguments: Sequence[str] | None = None) -> None:
    """Write every generated document."""
    argparse.ArgumentParser(prog="reference", description=DESCRIPTION).parse_args(arguments)
    for name, text in DOCUMENTS.items():
        (FOLDER / name).write_text(text())


if __name__ == "__main__":
    main()
