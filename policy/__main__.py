#!/usr/bin/env -S python3 -u
"""Serve the rules to the engine, which starts this file itself or has a language host run the folder.

Unbuffered, or the engine would wait for ever: the library does not flush the line with its port.
"""

import os
import sys
from pathlib import Path

# Looked up before the imports, which take long enough for an engine to be killed meanwhile.
ENGINE = os.getppid()
# The engine starts it from wherever it likes; the package is beside it.
sys.path[0] = str(Path(__file__).resolve().parent.parent)

from policy import pack, parent  # noqa: E402

if __name__ == "__main__":
    # The server knows one way to end, an interrupt, and a shell's background jobs do not hear it.
    parent.when_gone(ENGINE, lambda: os._exit(0))
    pack.serve()
