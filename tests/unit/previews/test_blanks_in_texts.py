"""What is hidden of a text where only a blank stands between the name of a secret and its value."""

import pytest

from previews.redaction import hide


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        # In SQL, and wherever a value in quotes follows.
        pytest.param("ALTER ROLE a PASSWORD 'a b';", "ALTER ROLE a PASSWORD '[secret]';", id="sql-password"),
        pytest.param("x WITH password\t'it''s'; y", "x WITH password\t'[secret]'; y", id="sql-quote"),
        pytest.param("USER a IDENTIFIED BY 'b c';", "USER a IDENTIFIED BY '[secret]';", id="sql-identified"),
        pytest.param("USER a IDENTIFIED\n  BY '-b';", "USER a IDENTIFIED\n  BY '[secret]';", id="sql-lines"),
        pytest.param("user a identified with p by 'b'", "user a identified with p by '[secret]'", id="sql-plugin"),
        pytest.param("IDENTIFIED WITH 'p' AS 'b'", "IDENTIFIED WITH 'p' AS '[secret]'", id="sql-hash"),
        pytest.param(r'{"a": "PASSWORD \"b c\";"}', r'{"a": "PASSWORD \"[secret]\";"}', id="json"),
        pytest.param('requirepass "b c"', 'requirepass "[secret]"', id="redis-quotes"),
        pytest.param("db_password '[b'", "db_password '[secret]'", id="bracket"),
        # On a line that has nothing else.
        pytest.param("    HTTP_Passwd    a1\n", "    HTTP_Passwd    [secret]\n", id="fluent-bit"),
        pytest.param("  password a1,'b\r\n", "  password [secret]\r\n", id="fluentd"),
        pytest.param("a b\nrequirepass <a1\nc d", "a b\nrequirepass [secret]\nc d", id="redis"),
        pytest.param("masterauth {a1", "masterauth [secret]", id="redis-master"),
        pytest.param("Splunk_Token a1 ", "Splunk_Token [secret] ", id="token"),
        pytest.param("api_key 'a1'", "api_key '[secret]'", id="key"),
        # Behind a word that says that it is one.
        pytest.param("user a insecure-password b1 x", "user a insecure-password [secret] x", id="haproxy"),
    ],
)
def test_a_value_is_hidden_behind_a_blank(text: str, shown: str) -> None:
    assert hide(text) == shown
    assert hide(shown) == shown


@pytest.mark.parametrize(
    "text",
    [
        "the password is wrong",
        "password must be set",
        "a line\npassword is\nwrong",
        "password expired\nPassword required\ntoken rejected\nsecret missing",
        "password {\n",
        "db_password $DB_PASSWORD\ndb_password ${A}",
        "password \"$A\" password '$(cat a)' password '{{ .Values.password }}' password ''",
        '{"a": "the password ", "b": "c"}; log("the password " + a + " is wrong")',
        "it is identified by 'a', they are identified by 'a', it can be identified by 'a', identified by a",
        "HAProxy's insecure-password is a word",
        "PASSWORD true\nDB_PASSWORD off\n",
        "ssl_session_ticket_key current.key;\nssl_password_file a;\nssl_certificate_key a;",
        "password_file a\nmy-token Opaque 1 5d\nsecret/my-token created",
    ],
)
def test_what_is_only_said_behind_a_blank_is_left_alone(text: str) -> None:
    assert hide(text) == text
