"""Bad input: that it is bad, that it can be made again, and that a crash would be noticed."""

import json
import random
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest

import settings
from bench.input import configurations, figures, malformed, mutations, sender
from bench.input.malformed import Message

_BASE = {
    "secure-nginx:context": "lab",
    "secure-nginx:hostNames": ["a", "b"],
    "secure-nginx:service": {"type": "ClusterIP"},
}


def _dice(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311  # no secret depends on it


def test_a_mutation_changes_a_copy_and_can_be_made_again() -> None:
    before = json.dumps(_BASE)

    first, second = ([mutations.mutated(_BASE, _dice(7)) for _ in range(50)] for _ in range(2))

    assert repr(first) == repr(second)
    assert json.dumps(_BASE) == before


def test_mutations_leave_out_misspell_lengthen_and_replace() -> None:
    dice = _dice(1)
    made = [mutations.mutated(_BASE, dice) for _ in range(300)]

    assert any(len(each) < len(_BASE) for each in made)
    assert any(key not in _BASE for each in made for key in each)
    assert any(
        len(each.get("secure-nginx:hostNames") or ()) == 3
        for each in made
        if isinstance(each.get("secure-nginx:hostNames"), list)
    )
    assert any(each.get("secure-nginx:context", "lab") != "lab" for each in made)


def test_an_empty_configuration_stays_empty() -> None:
    assert mutations.mutated({}, _dice(1)) == {}


def test_what_is_changed_is_right_before() -> None:
    for base in configurations.real():
        assert configurations.tried(1, [base], seed=0)
        settings.load(dict(configurations.as_pulumi_passes(base)))


def test_wrong_configurations_are_refused_or_read_and_nothing_else() -> None:
    outcome = configurations.tried(300, configurations.real())

    assert outcome.crashes == {}
    assert outcome.refused > 100
    assert outcome.accepted + outcome.refused == 300


@pytest.mark.parametrize("error", [TypeError("unhashable"), ValueError("not a list of what is wrong")])
def test_a_crash_is_noticed_with_the_configuration_that_did_it(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(raw: Mapping[str, str]) -> Any:
        raise error

    monkeypatch.setattr(settings, "load", broken)
    outcome = configurations.tried(3, [_BASE])
    found = {figure.quantity: figure for figure in configurations.figures(outcome)}

    assert outcome.crashed == 3
    assert list(outcome.crashes) == [f"{type(error).__name__}: {error}"]
    assert found["ended in any other way"].met is False
    assert found["tried"].met is False


def test_values_are_passed_as_pulumi_passes_them() -> None:
    passed = dict(configurations.as_pulumi_passes({"a": "text", "b": {"c": 1}, "d": float("nan"), "e": 2}))

    assert passed == {"a": "text", "b": '{"c": 1}', "d": "nan", "e": "2"}


def test_messages_are_of_all_kinds_and_can_be_made_again() -> None:
    first, second = (list(malformed.messages(80, _dice(3))) for _ in range(2))

    assert first == second
    assert len({message.kind for message in first}) == 8
    assert {message.secured for message in first} == {True, False}
    assert all(message.data for message in first)


def test_a_path_is_sent_with_a_host_so_that_only_the_path_can_be_refused() -> None:
    sent = {message.data for message in malformed.messages(2000, _dice(3)) if message.kind == "wrong request"}
    paths = [data for data in sent if data.startswith((b"GET /../", b"GET /%00", b"GET ///"))]

    assert len(paths) == 3
    assert all(b"\r\nHost: a\r\n" in data for data in paths)


@contextmanager
def _server(answer: bytes | None) -> Iterator[tuple[str, int]]:
    """Answers its only client, and closes; without an answer it waits until the end, and is silent."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(4096)
                if answer is None:
                    over.wait(10)
                else:
                    connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        yield listening.getsockname()
        over.set()
        thread.join()


def _sent(address: tuple[str, int], *, secured: bool = False) -> str:
    message = Message(kind="any", secured=secured, data=b"GET\r\n\r\n")
    return sender.sent(message, "localhost", address, ssl.create_default_context())


@pytest.mark.parametrize(
    ("answer", "outcome"), [(b"HTTP/1.1 400 Bad Request\r\n", "400"), (b"HTTP/1.1 200 OK\r\n", "200"), (b"", "closed")]
)
def test_an_answer_is_told_by_its_status(answer: bytes, outcome: str) -> None:
    with _server(answer) as address:
        assert _sent(address) == outcome


def test_a_server_that_says_nothing_is_late(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sender, "PATIENCE", 0.2)
    with _server(None) as address:
        assert _sent(address) == sender.LATE


def test_a_dead_server_has_not_refused_a_message() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        address = listening.getsockname()

    assert _sent(address) == "not reached (ConnectionRefusedError)"


def test_a_handshake_of_our_own_that_fails_is_no_refusal() -> None:
    with _server(b"") as address:
        assert _sent(address, secured=True).startswith(sender.NOT_REACHED)


def test_messages_that_are_late_not_reached_or_taken_miss_their_goals() -> None:
    outcomes = {
        "noise: closed": 3, "noise: not reached (ConnectionRefusedError)": 4, "huge: header: 200": 5, "huge: 400": 6,
        "noise: not taken in time": 7,
    }  # fmt: skip

    found = {figure.quantity: figure for figure in figures.of_messages(outcomes)}

    assert found["sent"].median == 25
    assert "noise: not taken in time 7" in found["sent"].note
    for quantity, number in (
        ("that did not reach nginx", 4),
        ("answered as if they were right", 5),
        ("neither refused nor ended in 20 s", 7),
    ):
        assert (found[quantity].median, found[quantity].met) == (number, False)


def test_a_crowd_has_to_be_opened_as_a_whole() -> None:
    opened, held = figures.of_crowd(figures.Crowd(opened=4999, held=2048, memory=1))

    assert (opened.median, opened.met) == (4999, False)
    assert (held.median, held.goal) == (2048, None)
