"""Commands side by side, and their interruption, with real processes."""

import signal
import threading
import time
from pathlib import Path

import pytest

from lab import endings
from scenarios.commands import Answer, Commands, Stopped, interruptible

WAITING = ["sh", "-c", "trap 'kill $!; exit 3' INT; sleep 60 & wait"]


def test_a_command_says_how_it_ended(tmp_path: Path) -> None:
    script = 'read line; echo "$line $WORD $PWD"; echo remark >&2; exit 4'

    answer = Commands().run(["sh", "-c", script], text="hello\n", environment={"WORD": "you"}, folder=tmp_path)

    assert answer == Answer(code=4, result=f"hello you {tmp_path}\n", remarks="remark\n")
    assert answer.text == f"hello you {tmp_path}\nremark\n"


def test_an_interruption_ends_what_runs_and_begins_nothing_more_but_tidying_up() -> None:
    commands = Commands()
    ended: list[str] = []

    def run() -> None:
        try:
            commands.run(WAITING)
        except Stopped:
            ended.append("stopped")

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    time.sleep(0.5)
    commands.interrupt()
    for thread in threads:
        thread.join(5)

    assert ended == ["stopped", "stopped"]
    with pytest.raises(Stopped):
        commands.run(["true"])
    assert commands.run(["echo", "tidy"], tidying=True).result == "tidy\n"


def test_what_a_command_says_may_be_anything() -> None:
    assert Commands().run(["printf", r"\303 ok"]).result == "\N{REPLACEMENT CHARACTER} ok"


def test_a_signal_interrupts_the_commands_instead_of_the_program(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(endings, "_TO_ARRIVE", 0.0)
    commands = Commands()
    before = signal.getsignal(signal.SIGINT)

    with interruptible(commands):
        signal.raise_signal(signal.SIGINT)
        assert commands.interrupted
        commands.check(tidying=True)
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(Stopped):
            commands.check(tidying=True)

    assert signal.getsignal(signal.SIGINT) == before
    said = capfd.readouterr().out
    assert said.count("what was begun is removed") == 1
    assert said.count("what was begun is left there") == 1


@pytest.mark.parametrize(
    ("numbers", "seconds"),
    [
        ([signal.SIGTERM, signal.SIGTERM], 0.0),
        ([signal.SIGTERM, signal.SIGHUP], 0.0),
        ([signal.SIGINT, signal.SIGTERM], 0.0),
        ([signal.SIGINT, signal.SIGINT], 60.0),
    ],
    ids=["of make and of timeout", "and the terminal", "after Ctrl-C", "at once"],
)
def test_a_signal_that_comes_again_leaves_nothing_deployed(
    monkeypatch: pytest.MonkeyPatch, numbers: list[signal.Signals], seconds: float
) -> None:
    monkeypatch.setattr(endings, "_TO_ARRIVE", seconds)
    monkeypatch.setattr(endings, "leave_terminal", lambda: None)
    commands = Commands()
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)

    try:
        with interruptible(commands):
            for number in numbers:
                signal.raise_signal(number)
            assert commands.interrupted
            commands.check(tidying=True)
    finally:
        signal.signal(signal.SIGHUP, before)


@pytest.mark.parametrize(("ignored", "heard"), [(False, True), (True, False)], ids=["closed terminal", "nohup"])
def test_a_closed_terminal_interrupts_the_commands_unless_they_were_begun_to_outlive_it(
    monkeypatch: pytest.MonkeyPatch, ignored: bool, heard: bool
) -> None:
    left: list[str] = []
    monkeypatch.setattr(endings, "leave_terminal", lambda: left.append("the terminal"))
    commands = Commands()
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN if ignored else signal.SIG_DFL)

    try:
        with interruptible(commands):
            signal.raise_signal(signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)

    assert commands.interrupted is heard
    assert bool(left) is heard


def test_what_tidies_up_ends_at_the_second_interruption() -> None:
    commands = Commands()
    commands.interrupt()
    commands.interrupt()

    with pytest.raises(Stopped):
        commands.run(["true"], tidying=True)
