"""Whose nodes run here: they are told by what their processes have mounted."""

import errno
import os
import shlex
from collections.abc import Sequence
from pathlib import Path

import pytest

from lab import nodes, paths, processes, topology
from lab.errors import LabError
from lab.processes import Daemon


@pytest.fixture
def other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of another lab, on a file system of its own that is mounted at `srv with data`."""
    monkeypatch.setattr(paths, "ROOT", tmp_path / "ours")
    monkeypatch.setattr(processes, "PROC", tmp_path / "proc")
    (tmp_path / "srv with data").mkdir()
    place = str(tmp_path / "srv with data").replace(" ", "\\040")
    _mounted(
        tmp_path / "proc" / "self", ["8:1 / /", f"8:2 /other {place}", f"8:2 /data {tmp_path}", f"8:2 /data {place}"]
    )
    folder = tmp_path / "srv with data" / "shop" / ".lab"
    folder.mkdir(parents=True)
    return folder


def _mounted(process: Path, mounts: list[str]) -> None:
    process.mkdir(parents=True)
    (process / "mountinfo").write_text("".join(f"40 30 {mount} rw - ext4 /dev/sdb rw\n" for mount in mounts))


def _node(folder: Path, root: str) -> Path:
    """A node's process that sees a folder as its lab; the kernel names the folder by its place on the device."""
    process = processes.PROC / "77"
    _mounted(process, ["8:1 / /", f"8:2 {root} {paths.INSIDE}"])
    (process / "root" / "run").mkdir(parents=True)
    (process / "root" / "run" / "lab").symlink_to(folder)
    return process


def test_another_lab_is_told_by_its_folder_as_it_is_seen_here(other: Path) -> None:
    assert nodes.other_lab_seen_by(_node(other, "/data/shop/.lab")) == str(other)


def test_a_lab_that_is_mounted_nowhere_here_is_told_as_such(other: Path) -> None:
    told = nodes.other_lab_seen_by(_node(other, "/elsewhere/.lab"))

    assert told == "a folder that is not to be seen from here"


def test_our_own_nodes_are_no_other_labs(other: Path) -> None:
    paths.ROOT.symlink_to(other)

    assert nodes.other_lab_seen_by(_node(other, "/data/shop/.lab")) is None


@pytest.mark.parametrize("is_there", [True, False])
def test_nodes_of_a_lab_whose_folder_was_removed_are_nobodys(other: Path, is_there: bool) -> None:
    # The kernel keeps the removed folder for those who have it mounted.
    if not is_there:
        other.rmdir()

    assert nodes.other_lab_seen_by(_node(other, "/data/shop/.lab//deleted")) is None


def test_a_process_that_sees_no_lab_is_no_node(other: Path) -> None:
    _mounted(processes.PROC / "78", ["8:1 / /"])
    assert nodes.other_lab_seen_by(processes.PROC / "78") is None

    other.rmdir()
    assert nodes.other_lab_seen_by(_node(other, "/data/shop/.lab")) is None


@pytest.mark.parametrize(
    ("owner", "command"),
    [
        ("/srv/our shop/.lab", "LAB_DIR='/srv/our shop/.lab' make down"),
        (nodes.NOT_SEEN, "make down"),
    ],
)
def test_another_lab_is_stopped_by_a_command_that_names_its_folder(
    monkeypatch: pytest.MonkeyPatch, owner: str, command: str
) -> None:
    monkeypatch.setattr(nodes, "_foreign_owner", lambda: owner)

    with pytest.raises(LabError) as told:
        nodes.require_ours()

    said = f"another lab runs on this machine, from {owner}; stop it first, by `{command}` in its project"
    assert str(told.value) == said


def test_controllers_that_cannot_be_passed_on_are_told_with_their_file_and_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: object) -> int:
        raise OSError(errno.EBUSY, os.strerror(errno.EBUSY))

    monkeypatch.setattr(nodes, "CGROUPS", tmp_path)
    (tmp_path / "cgroup.controllers").write_text("cpu memory\n")
    (tmp_path / "cgroup.subtree_control").touch()
    monkeypatch.setattr(Path, "write_text", busy)
    named = rf"{tmp_path}/cgroup.subtree_control: '\+cpu \+memory' cannot be written \(Device or resource busy\): start"

    with pytest.raises(LabError, match=rf"{named} the container with --cgroupns=host, or move the processes in cgroup"):
        nodes._create_cgroups(topology.CONTROL_PLANE)


def test_a_node_finds_the_labs_folder_whatever_it_is_called(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[Sequence[str]] = []
    monkeypatch.setattr(paths, "ROOT", tmp_path / "it's ours")
    monkeypatch.setattr(paths, "NODES", tmp_path / "nodes")
    monkeypatch.setattr(Daemon, "start", lambda _, command, in_namespaces: started.append(command))
    for name in ("_create_cgroups", "_wait_for_set_up"):
        monkeypatch.setattr(nodes, name, lambda _: None)

    nodes.start(topology.CONTROL_PLANE)

    first = started[0][-1].splitlines()[0]
    assert shlex.split(first) == ["mount", "--bind", f"{tmp_path}/it's ours", "/mnt"]
