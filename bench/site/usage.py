"""What a pod's nginx uses of the machine, as the kernel counts it: memory, processor time, connections."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

_ESTABLISHED, _NOBODYS = "01", "0"


def memory(uid: str, processes: Iterable[Path]) -> int:
    """Bytes that nginx of a pod holds, shared pages counted by their share.

    Args:
        uid: The pod's UID, which the cgroup of its processes carries in its name.
        processes: Folders as in /proc; what is no process, or is one no more, does not count.
    """
    return sum(_share((process / "smaps_rollup").read_text()) for process in of_pod(uid, processes))


def processor_seconds(uid: str, processes: Iterable[Path]) -> float:
    """Processor time that nginx of a pod has used since it began, in the kernel and outside.

    The scheduler counts nanoseconds, whichever version of cgroups there is; `stat` has hundredths of a second. What it
    tells is of one thread, and nginx has no more.

    Args:
        uid: The pod's UID.
        processes: Folders as in /proc.
    """
    return sum(int((process / "schedstat").read_text().split()[0]) for process in of_pod(uid, processes)) / 1e9


def connections(uid: str, port: int, processes: Iterable[Path]) -> int:
    """How many connections to a port nginx of a pod holds.

    Args:
        uid: The pod's UID.
        port: The port in the pod.
        processes: Folders as in /proc; the first of the pod's shows its network.
    """
    process = next(of_pod(uid, processes), None)
    tables = [process / "net" / "tcp", process / "net" / "tcp6"] if process else []
    lines = [line.split() for table in tables if table.exists() for line in table.read_text().splitlines()[1:]]
    return sum(1 for fields in lines if _is_held(fields, port))


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


def _is_held(fields: Sequence[str], port: int) -> bool:
    # What still waits for nginx to accept it is established as well, but nobody's: it has no inode.
    local, state, inode = fields[1], fields[3], fields[9]
    return state == _ESTABLISHED and inode != _NOBODYS and int(local.rpartition(":")[2], 16) == port
