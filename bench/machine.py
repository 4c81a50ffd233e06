"""On what the bench runs."""

import os
import re
from pathlib import Path

from lab import paths
from lab.errors import LabError
from lab.run import run

# What the bench itself writes, part by part.
_RECORDS = (":!bench/records", ":!docs/measurements.*")


def description(cpuinfo: str, meminfo: str, cores: int, kernel: str) -> str:
    """The machine in a line, from the kernel's own words.

    Args:
        cpuinfo: Text of /proc/cpuinfo.
        meminfo: Text of /proc/meminfo.
        cores: Number of processors.
        kernel: Release of the kernel.
    """
    model = re.search(r"^model name\s*:\s*(.+)$", cpuinfo, re.MULTILINE)
    memory = re.search(r"^MemTotal:\s*(\d+) kB$", meminfo, re.MULTILINE)
    gibibytes = f"{int(memory[1]) / (1 << 20):.0f} GiB" if memory else "unknown"
    return f"{cores} cores ({model[1].strip() if model else 'unknown'}), {gibibytes} of memory, Linux {kernel}"


def here() -> str:
    """This machine in a line."""
    proc = Path("/proc")
    texts = [(proc / name).read_text() for name in ("cpuinfo", "meminfo")]
    return description(texts[0], texts[1], os.cpu_count() or 1, os.uname().release)


def commit() -> str:
    """The commit that is measured, as git names it, with `-dirty` if anything but records was changed; or `unknown`."""
    try:
        name = run(["git", "describe", "--always"], folder=paths.REPOSITORY).strip()
        status = ["git", "status", "--porcelain", "--untracked-files=no", "--", ".", *_RECORDS]
        changed = run(status, folder=paths.REPOSITORY)
    except LabError:
        return "unknown"
    return f"{name}-dirty" if changed else name


def load() -> float:
    """How many processes wanted a processor in the last minute, on average."""
    return os.getloadavg()[0]
