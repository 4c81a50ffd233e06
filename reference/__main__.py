"""The command: `python -m reference` writes every generated document."""

from reference.documents import DOCUMENTS, FOLDER


def main() -> None:
    """Write every document whose text has changed."""
    for name, text in DOCUMENTS.items():
        (FOLDER / name).write_text(text())


if __name__ == "__main__":
    main()
