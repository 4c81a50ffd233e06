"""A disk that fills up while an update writes its state."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lab.paths import disk_usage
from lab.run import run

from ..stack import BenchStack

_SPARE = 64 << 10
_ENOUGH = "256m"


class SmallDisk:
    """The disk of a stack's state, with nearly no room left."""

    def __init__(self, place: Path) -> None:
        self._place = place

    def grow(self) -> None:
        """Make room, as an administrator does that has been told."""
        run(["mount", "-o", f"remount,size={_ENOUGH}", self._place])


@contextmanager
def small(stack: BenchStack) -> Iterator[SmallDisk]:
    """Put a stack's state on a disk that holds it and little more, as long as the context lasts."""
    place = stack.folder / ".pulumi"
    aside = stack.folder / ".pulumi-aside"
    shutil.move(place, aside)
    place.mkdir()
    # Every file takes whole pages there.
    size = disk_usage(aside) + _SPARE
    run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", place])
    try:
        shutil.copytree(aside, place, dirs_exist_ok=True)
        shutil.rmtree(aside)
        yield SmallDisk(place)
    finally:
        shutil.copytree(place, aside, dirs_exist_ok=True)
        run(["umount", place])
        place.rmdir()
        shutil.move(aside, place)
