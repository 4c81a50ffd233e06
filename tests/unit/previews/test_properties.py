"""Properties as lines."""

import pytest

from previews.properties import (
    LATER,
    LONGEST,
    MISSING,
    UNKNOWN,
    covers,
    differences,
    leaves,
    lines_of,
    shown,
    shown_line,
)
from tests.unit import certificates

SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "v1:abc"}
MAP = "kubernetes:core/v1:ConfigMap"
PEM = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----"


def test_paths_are_written_as_the_engine_writes_them() -> None:
    tree: dict[str, object] = {"a": {"b": [1, {"c.d": 2}]}, "e": {}, "f": [], "g": SECRET, "h": None}

    assert dict(leaves(tree)) == {"a.b[0]": 1, 'a.b[1]["c.d"]': 2, "e": {}, "f": [], "g": SECRET, "h": None}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("nginx", '"nginx"'),
        ("nginx\n", '"nginx"'),
        (2, "2"),
        (True, "true"),
        (None, "null"),
        ({}, "{}"),
        ({"a": 1}, "(1 value)"),
        ([1, 2], "(2 values)"),
        ("a\nb", "(2 lines)"),
        pytest.param("a\r\nb\x85c\rd\n", "(2 lines)", id="line-ends"),
        (f"{PEM}\n", "(certificate, 3 lines)"),
        (f"{PEM}\n{PEM}\n", "(certificate, 6 lines)"),
        (f"set -e\n{PEM}\n", "(4 lines)"),
        ("a # -----BEGIN CERTIFICATE-----", '"a # -----BEGIN CERTIFICATE-----"'),
        (UNKNOWN, LATER),
        ("[secret]", "[secret]"),
        (SECRET, "[secret]"),
        pytest.param(certificates.key_pem("any").strip(), '"[secret]"', id="key"),
        ("ä" * LONGEST, f'"{"ä" * LONGEST}"'),
        ("a" * (LONGEST + 5), f'"{"a" * LONGEST}… (5 more characters)"'),
    ],
)
def test_a_value_is_one_readable_line(value: object, text: str) -> None:
    assert shown(MAP, "data.a", value) == text


def test_a_value_in_a_place_of_secrets_is_hidden() -> None:
    assert shown("kubernetes:core/v1:Secret", "stringData.a", "open") == "[secret]"


@pytest.mark.parametrize(
    ("path", "value", "text"),
    [
        ("password", 1234, "[secret]"),
        ("password", 12.5, "[secret]"),
        ("automountServiceAccountToken", False, "false"),
        ("password", None, "null"),
        ("password", {}, "{}"),
        ("replicas", 1234, "1234"),
    ],
)
def test_a_number_may_be_a_secret_and_a_yes_or_no_is_none(path: str, value: object, text: str) -> None:
    assert shown(MAP, path, value) == text


SWITCHES = ["true", "False", "YES", "no", "on", "Off"]


@pytest.mark.parametrize("word", SWITCHES)
def test_a_yes_or_no_is_no_secret_as_a_text_either(word: str) -> None:
    assert shown(MAP, "data.server-tokens", word) == f'"{word}"'
    assert list(differences(variables(ALLOW_EMPTY_PASSWORD=word), variables(ALLOW_EMPTY_PASSWORD="a"))) == [
        ("env[0].value", word, "[secret]")
    ]
    assert dict(leaves(["--password", word]))["[1]"] == word


@pytest.mark.parametrize("value", ["$(DB_PASS)", "${DB_PASS}", "$DB_PASS", "{{ .Values.password }}"])
def test_what_says_where_a_secret_is_can_be_read(value: str) -> None:
    assert shown(MAP, "data.password", value) == f'"{value}"'
    assert dict(leaves({"name": "DB_PASS", "value": value}))["value"] == value
    assert dict(leaves(["--password", value]))["[1]"] == value
    assert shown("kubernetes:core/v1:Secret", "stringData.a", value) == "[secret]"
    assert shown(MAP, "data.password", f"{value}a-b") == "[secret]"


def test_what_a_secret_holds_is_hidden_even_if_it_is_a_yes_or_no() -> None:
    assert shown("kubernetes:core/v1:Secret", "stringData.a", "yes") == "[secret]"
    assert shown("kubernetes:core/v1:Secret", "metadata.name", "yes") == '"yes"'


@pytest.mark.parametrize("word", ["none", "no-1", "no way", "yes\n", "1"])
def test_what_only_begins_like_a_yes_or_no_is_a_secret(word: str) -> None:
    assert shown(MAP, "data.server-tokens", word) == "[secret]"


def variables(**values: object) -> dict[str, object]:
    return {"env": [{"name": name, "value": value} for name, value in values.items()]}


def test_a_variable_with_the_name_of_a_secret_is_hidden_on_both_sides() -> None:
    old, new = variables(DB_PASSWORD="a", MODE="x"), variables(DB_PASSWORD="b", MODE="y")

    assert list(differences(old, new)) == [("env[0].value", "[secret]", "[secret]"), ("env[1].value", "x", "y")]
    assert list(differences(old, old)) == []
    assert list(differences(variables(MODE="b"), variables(DB_PASS="b"))) == [("env[0].name", "MODE", "DB_PASS")]
    assert dict(leaves(old)) == {
        "env[0].name": "DB_PASSWORD",
        "env[0].value": "[secret]",
        "env[1].name": "MODE",
        "env[1].value": "x",
    }


def test_a_variable_that_comes_or_is_not_known_yet_is_told_as_such() -> None:
    without: dict[str, object] = {"name": "DB_PASS"}

    assert list(differences(without, {**without, "value": "a"})) == [("value", MISSING, "[secret]")]
    assert list(differences({**without, "value": "a"}, {**without, "value": UNKNOWN})) == [
        ("value", "[secret]", UNKNOWN)
    ]
    assert dict(leaves({"name": "token", "value": UNKNOWN})) == {"name": "token", "value": UNKNOWN}
    assert dict(leaves({"name": "token", "value": {"a": "b"}})) == {"name": "token", "value": "[secret]"}


def test_what_has_a_key_is_hidden_like_what_has_a_name() -> None:
    old, new = {"key": "DB_PASS", "value": "a"}, {"key": "DB_PASS", "value": "b"}

    assert list(differences(old, new)) == [("value", "[secret]", "[secret]")]
    assert dict(leaves({"name": "a", **old})) == {"name": "a", "key": "DB_PASS", "value": "[secret]"}
    assert dict(leaves({"key": "mode", "value": "a"})) == {"key": "mode", "value": "a"}


def test_the_word_after_an_option_for_a_secret_is_hidden_on_both_sides() -> None:
    old = {"args": ["--password", "hunter2", "--replicas", "2"]}
    new = {"args": ["--password", "hunter3", "--replicas", "3", "-token", UNKNOWN]}

    assert list(differences(old, new)) == [
        ("args[1]", "[secret]", "[secret]"),
        ("args[3]", "2", "3"),
        ("args[4]", MISSING, "-token"),
        ("args[5]", MISSING, UNKNOWN),
    ]
    assert list(differences(old, old)) == []
    assert list(differences(["a", "b"], ["--password", "b"])) == [("[0]", "a", "--password")]
    assert list(differences(["--password", "a"], ["--password"])) == [("[1]", "[secret]", MISSING)]
    assert dict(leaves(old)) == {
        "args[0]": "--password",
        "args[1]": "[secret]",
        "args[2]": "--replicas",
        "args[3]": "2",
    }


@pytest.mark.parametrize("option", ["--user", "-u", "--proxy-user", "-U", "--cert", "--proxy-cert", "-E"])
def test_what_follows_the_colon_behind_an_option_for_an_account_is_hidden_on_both_sides(option: str) -> None:
    old, new = [option, "c.pem:hunter2"], [option, "c.pem:hunter3", "-s"]

    assert list(differences(old, new)) == [("[1]", "c.pem:[secret]", "c.pem:[secret]"), ("[2]", MISSING, "-s")]
    assert list(differences(old, old)) == []
    assert dict(leaves(old)) == {"[0]": option, "[1]": "c.pem:[secret]"}
    assert dict(leaves([option, "c.pem"])) == {"[0]": option, "[1]": "c.pem"}
    assert list(differences([option, 1], [option, UNKNOWN])) == [("[1]", 1, UNKNOWN)]


@pytest.mark.parametrize("option", ["-passin", "-passout"])
def test_what_openssl_is_given_as_a_pass_phrase_is_hidden_on_both_sides(option: str) -> None:
    old, new = [option, "pass:hunter2"], [option, "pass:hunter3"]

    assert list(differences(old, new)) == [("[1]", "pass:[secret]", "pass:[secret]")]
    assert dict(leaves([option, "env:PASS"])) == {"[0]": option, "[1]": "env:PASS"}


def test_where_another_option_comes_before_it_a_word_is_hidden_as_either_wants() -> None:
    assert list(differences(["-x", "a:b"], ["--user", "a:c"])) == [
        ("[0]", "-x", "--user"),
        ("[1]", "a:[secret]", "a:[secret]"),
    ]
    assert list(differences(["--user", "a:b"], ["--token", "a:c"]))[1:] == [("[1]", "[secret]", "[secret]")]


@pytest.mark.parametrize("option", ["--proxy-pass", "--oauth2-bearer"])
def test_curls_own_options_for_secrets_are_known(option: str) -> None:
    assert dict(leaves([option, "a"]))["[1]"] == "[secret]"


@pytest.mark.parametrize("word", ["--password-file", "password", "--replicas", "--secretName", "--", 3, ["--token"]])
def test_other_words_have_no_secret_behind_them(word: object) -> None:
    assert dict(leaves([word, "a"]))["[1]"] == "a"


def test_a_text_is_compared_line_by_line_unless_it_is_pem_or_secret_or_not_known() -> None:
    assert lines_of(MAP, "data.conf", "a\nb\n") == ["a", "b"]
    assert lines_of(MAP, "data.conf", "a\npostgres://a:b@c") == ["a", "postgres://[secret]@c"]
    assert lines_of(MAP, "data.conf", "a\r\n\nb\x85c\rd\r\r\n") == ["a", "", "b\x85c\rd\r"]
    assert lines_of(MAP, "data.conf", "a") == ["a"]
    assert lines_of(MAP, "data.conf", "a" * 500) == ["a" * 500]
    assert lines_of(MAP, "data.conf", 1) == []
    assert lines_of(MAP, "data.conf", UNKNOWN) == []
    assert lines_of(MAP, "data.conf", "[secret]") == []
    assert lines_of(MAP, "data.conf", f"\n{PEM}\n{PEM}\n") == []
    assert lines_of("kubernetes:core/v1:Secret", "data.conf", "a\nb") == []


def test_pem_within_a_text_is_one_line_of_it() -> None:
    text = f"a\nca: |\n  {PEM}\nb {PEM} c\n\n-----BEGIN CERTIFICATE-----\nd"

    assert lines_of(MAP, "data.conf", text) == [
        "a",
        "ca: |",
        f"  {PEM}",
        "b",
        f" {PEM}",
        " c",
        "",
        "-----BEGIN CERTIFICATE-----",
        "d",
    ]
    assert shown_line(f"  {PEM}") == "(certificate, 3 lines)"
    assert shown_line("a # -----BEGIN CERTIFICATE-----") == "a # -----BEGIN CERTIFICATE-----"


def test_a_long_text_is_cut_around_the_first_difference() -> None:
    same = "a" * LONGEST

    assert shown_line(f"{same}b", f"{same}c") == f"(120 characters) …{'a' * 40}b"
    assert (
        shown_line(f"{same}{'b' * 200}", f"{same}c") == f"(120 characters) …{'a' * 40}{'b' * 120}… (80 more characters)"
    )
    assert shown_line(same, f"{same}b") == f"(120 characters) …{'a' * 40}"
    assert shown_line(f"b{same}", f"c{same}") == f"b{'a' * 159}… (1 more characters)"
    assert shown_line(f"{same}b", f"{same}b") == f"{same}… (1 more characters)"
    assert shown(MAP, "data.a", f"{same}b", f"{same}c") == f'"(120 characters) …{"a" * 40}b"'
    assert shown(MAP, "data.a", f"{same}b", 1) == f'"{same}… (1 more characters)"'


def test_differences_go_as_deep_as_both_sides_do() -> None:
    old = {"same": 1, "deep": {"a": 1, "b": [1, 2]}, "gone": {"x": 1}, "unknown": {"y": 1}}
    new = {"same": 1, "deep": {"a": 2, "b": [1, 3, 4]}, "unknown": UNKNOWN, "come": [1]}

    assert list(differences(old, new)) == [
        ("deep.a", 1, 2),
        ("deep.b[1]", 2, 3),
        ("deep.b[2]", MISSING, 4),
        ("gone", {"x": 1}, MISSING),
        ("unknown", {"y": 1}, UNKNOWN),
        ("come", MISSING, [1]),
    ]


def test_a_path_covers_itself_and_what_is_below() -> None:
    assert covers("a", "a")
    assert covers("a", "a.b")
    assert covers("a", "a[0]")
    assert not covers("a", "ab")
    assert not covers("a.b", "a")
