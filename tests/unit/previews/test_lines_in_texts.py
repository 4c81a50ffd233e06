"""What is hidden of a text in lines of a form of their own: of a .pgpass, and of an API server that refuses a field."""

import pytest

from previews.redaction import hide


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("db:5432:app:bob:s3cr3t", "db:5432:app:bob:[secret]"),
        ("db:5432:app:ada:cafe12", "db:5432:app:ada:[secret]"),
        ("# a\n  db.example:5432:*:bob:s3:c r3t\r\nb", "# a\n  db.example:5432:*:bob:[secret]\r\nb"),
        ("*:*:*:bob:'s3c\n", "*:*:*:bob:[secret]\n"),
        (r"a\:b:5432:a\\b:bo\:b:s3cr3t", r"a\:b:5432:a\\b:bo\:b:[secret]"),
        ('echo "db:5432:app:bob:s3cr3t" > a', 'echo "db:5432:app:bob:[secret]" > a'),
        ("PGPASS: 'db:5432:2nd:10:s3cr3t'", "PGPASS: 'db:5432:2nd:10:[secret]'"),
        (r'{"a": "db:5432:app:bob:s3\:cr3t\nc"}', r'{"a": "db:5432:app:bob:[secret]"}'),
    ],
)
def test_the_password_of_a_database_is_hidden_in_its_line(text: str, shown: str) -> None:
    assert hide(text) == shown
    assert hide(shown) == shown


@pytest.mark.parametrize(
    "text",
    [
        "2001:4860:4860:0:0:8888, fd00:1000:cafe:b:c and fe80:1234:a:b:c:d:e:f/64\nfd00:1000:cafe:b:c",
        "root:*:19000:0:99999:7:::\nregistry.example:5000:a\nmain.go:1234:5: error: a:b\nmain.go:12:a:b:c",
        'db:5432:app:bob:$PGPASSWORD\n"db:5432:app:bob:${DB_PASSWORD}"\ndb:5432:app:bob:',
        'allow 2a00:1450:400e:80e::200e; {"a": "2a00:1450:400e:80e::200e"} [2a00:1450:400e:80e:0:0:0:1]:443',
        "see urn:1234::a:b:c, a:b:5432:app:bob:c, a/:5432/app:bob:c",
    ],
)
def test_other_words_with_colons_are_left_alone(text: str) -> None:
    assert hide(text) == text


@pytest.mark.parametrize("reason", ["Invalid value", "Unsupported value", "Duplicate value", "Not found"])
@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('data[password]: {}: "s3c r3t": must be a', 'data[password]: {}: "[secret]": must be a'),
        ('error: spec.users[0].token: {}: "s3cr3t", b', 'error: spec.users[0].token: {}: "[secret]", b'),
        ('password: {}: "s3cr3t": b', 'password: {}: "[secret]": b'),
        (r'{{"a": "data[api.key]: {}: \"s3c r3t\": b"}}', r'{{"a": "data[api.key]: {}: \"[secret]\": b"}}'),
    ],
)
def test_a_value_that_the_api_server_refuses_is_hidden(reason: str, text: str, shown: str) -> None:
    assert hide(text.format(reason)) == shown.format(reason)
    assert hide(shown.format(reason)) == shown.format(reason)


@pytest.mark.parametrize(
    "text",
    [
        'data[mode]: Invalid value: "a": must be b',
        'metadata.name: Invalid value: "a_b", spec.secretName: Not found: "a"',
        'spec.secrets["token"]: Required value, data[token]: Invalid value: null',
    ],
)
def test_other_values_that_it_refuses_are_left_alone(text: str) -> None:
    assert hide(text) == text
