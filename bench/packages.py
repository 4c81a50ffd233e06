"""Programs of Debian packages that only the bench needs."""

import shutil
from collections.abc import Mapping

from lab import check

from .errors import BenchError


def need(programs: Mapping[str, str]) -> None:
    """Install the packages of the programs that are missing.

    Args:
        programs: Name of the package by name of the program.

    Raises:
        BenchError: A program is still missing.
    """
    missing = [package for program, package in programs.items() if shutil.which(program) is None]
    if missing:
        check.install(missing)
    left = [package for program, package in programs.items() if shutil.which(program) is None]
    if left:
        raise BenchError(f"Debian packages are missing: {' '.join(left)}; run `apt-get install {' '.join(left)}`")
