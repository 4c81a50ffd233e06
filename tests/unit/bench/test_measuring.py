"""What a command takes, and what the machine is."""

import os
import subprocess
import time
from pathlib import Path

import pytest

from bench import machine, measuring
from bench.errors import BenchError


def test_time_processor_and_memory_of_a_command_and_its_children_are_measured(tmp_path: Path) -> None:
    work = "import time; data = bytearray(60 << 20)\nwhile time.process_time() < 0.4: pass"
    spent = measuring.measured(["sh", "-c", f"python3 -c '{work}'; sleep 0.3; echo done"], log=tmp_path / "log")

    assert spent.output == "done\n"
    assert 0.6 < spent.seconds < 20
    assert 0.3 <= spent.cpu_seconds < 5
    assert spent.memory > 60 << 20


def test_looks_that_take_long_are_rare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[int] = []

    def slow(session: int, _: object) -> int:
        until = time.thread_time() + 0.04
        while time.thread_time() < until:
            pass
        looks.append(session)
        return 0

    monkeypatch.setattr(measuring, "resident", slow)
    measuring.measured(["sleep", "0.8"], log=tmp_path / "log")

    assert len(looks) in {1, 2}


def test_a_command_sees_its_variables_and_its_folder(tmp_path: Path) -> None:
    spent = measuring.measured(
        ["sh", "-c", 'echo "$WORD"; pwd'], environment={"WORD": "yes"}, folder=tmp_path, log=tmp_path / "log"
    )

    assert spent.output == f"yes\n{tmp_path}\n"


def test_a_failure_is_told_with_the_end_of_what_was_said(tmp_path: Path) -> None:
    with pytest.raises(BenchError, match=r"`sh -c .*` failed with exit code 3:\n  reason"):
        measuring.measured(["sh", "-c", "echo reason >&2; exit 3"], log=tmp_path / "log")


def test_only_the_processes_of_the_session_count(tmp_path: Path) -> None:
    for name, session, pages in (("1", 7, 100), ("2", 8, 1000), ("3", 7, 10)):
        (tmp_path / name).mkdir()
        fields = ["S", "1", "1", str(session), *(["0"] * 17), str(pages), "0"]
        (tmp_path / name / "stat").write_text(f"{name} (a (b) c) {' '.join(fields)}")
    (tmp_path / "gone").mkdir()
    (tmp_path / "self").mkdir()
    (tmp_path / "self" / "stat").write_text("short")

    assert measuring.resident(7, tmp_path.iterdir()) == 110 * os.sysconf("SC_PAGE_SIZE")


def test_a_machine_is_described_by_what_the_kernel_says() -> None:
    text = machine.description("model name\t: Fast One\nmodel name\t: Fast One\n", "MemTotal:  25165824 kB\n", 2, "6.1")

    assert text == "2 cores (Fast One), 24 GiB of memory, Linux 6.1"


def test_an_unknown_machine_is_said_to_be_unknown() -> None:
    assert machine.description("", "", 1, "6.1") == "1 cores (unknown), unknown of memory, Linux 6.1"


def test_this_machine_can_be_described() -> None:
    assert f"Linux {os.uname().release}" in machine.here()
    assert machine.load() >= 0


def test_what_the_bench_has_recorded_is_no_change_of_what_is_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lab.paths.REPOSITORY", tmp_path)
    (tmp_path / "bench" / "records").mkdir(parents=True)
    record, code = tmp_path / "bench" / "records" / "site.json", tmp_path / "code.py"
    assert machine.commit() == "unknown"
    for file in (record, code):
        file.write_text("before")
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.com"]
    for command in (["init", "--quiet"], ["add", "."], [*identity, "commit", "--quiet", "--message=first"]):
        subprocess.run(["/usr/bin/git", *command], cwd=tmp_path, check=True)

    record.write_text("after")
    clean = machine.commit()
    code.write_text("after")

    assert "dirty" not in clean
    assert machine.commit() == f"{clean}-dirty"
