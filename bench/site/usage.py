"""What a pod's nginx uses of the machine, as the machine's kernel counts it: memory and processor time."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


def memory(uid: str, processes: Iterable[Path]) -> int:
    """Bytes that nginx of a pod holds, shared pages counted by their share.

    Args:
        uid: The pod's UID, which the cgroup of its processes carries in its name.
        processes: Folders as in /proc; what is no process, or is one no more, does not count.
    """
    return sum(_share((process / "smaps_rollup").read_text()) for process in of_pod(uid, processes))


def processor_seconds(uid: str, processes: Iterable[Path]) -> float:
    """Processor time that nginx of a pod has used since it began, in the kernel and outside.

    Args:
        uid: The pod's UID.
        processes: Folders as in /proc.
    """
    return sum(_ticks((process / "stat").read_text()) for process in of_pod(uid, processes)) / _TICKS


def of_pod(uid: str, processes: Iterable[Path]) -> Iterator[Path]:
    """The processes of a pod's nginx."""
    for process in processes:
        try:
            if uid in (process / "cgroup").read_text() and (process / "comm").read_text().strip() == "nginx":
                yield process
        except OSError:
            continue


def _share(rollup: str) -> int:
    return sum(int(line.split()[1]) * 1024 for line in rollup.splitlines() if line.startswith("Pss:"))


def _ticks(status: str) -> int:
    fields = status.rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])
