"""Whether there is room for what is built. As `check`, it is read by any Python: standard library only."""

import shutil
import subprocess
from pathlib import Path

GIBIBYTE = 1 << 30

FIRST_BUILD = {"LAB_DIR": 3, "GOCACHE": 6, "GOMODCACHE": 3}
"""GiB that the first build needs, by the variable that moves the folder to which they go."""

LATER = {"LAB_DIR": 2}


def problems(root: Path) -> "list[str]":
    """Tell which file systems are too full, with remedies: each is judged by what goes there.

    Args:
        root: the lab's folder.
    """
    needed = LATER if (root / "bin" / ".cluster.built").exists() else FIRST_BUILD
    folders = {variable: folder for variable, folder in _folders(root).items() if variable in needed}
    together = {}  # type: dict[int, list[str]]
    for variable, folder in folders.items():
        together.setdefault(_file_system(_existing(folder)), []).append(variable)
    found = []
    for variables in together.values():
        wanted = sum(needed[variable] for variable in variables)
        free = shutil.disk_usage(str(_existing(folders[variables[0]]))).free / GIBIBYTE
        if free < wanted:
            places = ", ".join(f"{folders[variable]} ({variable})" for variable in variables)
            amounts = f"{wanted} GiB of free disk are needed for {places}; there are {free:.1f}"
            found.append(f"{amounts}\n    free some, or set {_either(variables)} to a folder elsewhere")
    return found


def _folders(root: Path) -> "dict[str, Path]":
    """Return where builds leave something, by the variable that moves it; without Go nothing is known of its caches."""
    folders = {"LAB_DIR": root}
    if shutil.which("go"):
        for variable in ("GOCACHE", "GOMODCACHE"):
            said = subprocess.run(["go", "env", variable], stdout=subprocess.PIPE, text=True, check=False).stdout
            folders[variable] = Path(said.strip())
    return folders


def _existing(folder: Path) -> Path:
    return next(each for each in (folder, *folder.parents) if each.exists())


def _file_system(folder: Path) -> int:
    return folder.stat().st_dev


def _either(variables: "list[str]") -> str:
    *others, last = variables
    return f"{', '.join(others)} or {last}" if others else last
