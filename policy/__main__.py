#!/usr/bin/env -S python3 -u
"""Serve the rules to the engine, which starts this file itself or has a language host run the folder.

Unbuffered, or the engine would wait for ever: the library does not flush the line with its port.
"""

import sys
from pathlib import Path

# The engine starts it from wherever it likes; the package is beside it.
sys.path[0] = str(Path(__file__).resolve().parent.parent)

from policy import pack  # noqa: E402

if __name__ == "__main__":
    pack.serve()
