"""What the kernel lacks, or what of it is not this container's, is told before anything is built."""

from pathlib import Path

import pytest

from lab import kernel


@pytest.fixture
def cgroups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The cgroups of a machine with nothing but the second version, whose root has processes."""
    monkeypatch.setattr(kernel, "CGROUPS", tmp_path)
    (tmp_path / "cgroup.procs").write_text("1\n77\n")
    (tmp_path / "cgroup.subtree_control").touch()
    return tmp_path


def _said() -> str:
    return "\n".join(each for each in kernel.problems() if "cgroup" in each)


def test_a_container_whose_root_has_processes_is_told_with_the_remedy(cgroups: Path) -> None:
    (cgroups / "cgroup.type").write_text("domain\n")

    assert f"{cgroups}/cgroup.subtree_control cannot be written while its cgroup has processes\n" in _said()
    assert "    start the container with --cgroupns=host, or move the processes in cgroup.procs" in _said()


def test_a_container_whose_processes_are_in_a_cgroup_below_will_do(cgroups: Path) -> None:
    (cgroups / "cgroup.type").write_text("domain\n")
    (cgroups / "cgroup.procs").write_text("")

    assert _said() == ""


def test_the_root_of_all_may_have_processes(cgroups: Path) -> None:
    assert _said() == ""


def test_a_machine_without_cgroups_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernel, "CGROUPS", tmp_path)

    assert f"no cgroup hierarchy is mounted at {tmp_path}\n" in _said()
