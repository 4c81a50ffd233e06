"""What is hidden of a configuration of nginx that compares with a secret, or chooses one by another variable."""

import pytest

from previews.redaction import HIDDEN, hide


@pytest.mark.parametrize("sign", ["=", "!=", "~", "~*", "!~", "!~*"])
@pytest.mark.parametrize(
    ("condition", "shown"),
    [
        ('if ($http_x_api_key {} "s3cr3t") {{', 'if ($http_x_api_key {} "[secret]") {{'),
        ("if ($http_x_api_key {} 's3cr3t') {{", "if ($http_x_api_key {} '[secret]') {{"),
        ("if ($http_x_api_key {} s3cr3t) {{", "if ($http_x_api_key {} [secret]) {{"),
        ("if ($http_x_api_key {} s3cr3t){{", "if ($http_x_api_key {} [secret]){{"),
        (r"if ($api_token {} ^s3\.(c|d)r3t$) {{", "if ($api_token {} [secret]) {{"),
        ('if ($http_authorization {} "Basic czNjcjN0") {{', 'if ($http_authorization {} "[secret]") {{'),
        (r'"if ($arg_token {} \"s3cr3t\") {{\n"', r'"if ($arg_token {} \"[secret]\") {{\n"'),
        ('[ "$API_TOKEN" {} "s3cr3t" ]', '[ "$API_TOKEN" {} "[secret]" ]'),
    ],
)
def test_what_a_secret_is_compared_with_is_hidden(condition: str, shown: str, sign: str) -> None:
    assert hide(condition.format(sign)) == shown.format(sign)
    assert hide(shown.format(sign)) == shown.format(sign)


@pytest.mark.parametrize(
    "text",
    [
        'if ($http_authorization = "") { return 401; }',
        "if ($http_x_api_key != $expected_key) { return 403; }",
        "if ($http_user_agent ~* curl) { return 403; }",
        "if ($request_method !~ ^(GET|HEAD)$) { return 405; }",
        "if ($has_token != 1) { return 401; }",
        "if password != other, or password == other",
    ],
)
def test_what_else_is_compared_is_left_alone(text: str) -> None:
    assert hide(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        # The values of a variable with the name of a secret.
        ('map $host $backend_api_key { default "s3cr3t"; }', 'map $host $backend_api_key { default "[secret]"; }'),
        ("geo $api_token { default s3cr3t; 10.0.0.0/8 0; }", "geo $api_token { default [secret]; 10.0.0.0/8 0; }"),
        ("geo $remote_addr $api_token {\n  ::1 s3cr3t;\n}", "geo $remote_addr $api_token {\n  ::1 [secret];\n}"),
        ("split_clients '$a b' $token { 50% x; * y; }", "split_clients '$a b' $token { 50% [secret]; * [secret]; }"),
        (
            "map $a $token { # one; each\n  hostnames;\n  include /etc/x;\n  ~^a\\.b 'c d'; # }\n  b $e; c ''; }",
            "map $a $token { # one; each\n  hostnames;\n  include /etc/x;\n  ~^a\\.b '[secret]'; # }\n  b $e; c ''; }",
        ),
        # What one with such a name is compared with.
        ('map $http_x_api_key $ok { default 0; "s3cr3t" 1; }', 'map $http_x_api_key $ok { default 0; "[secret]" 1; }'),
        ('map "$a:${arg_token}" $ok { "" 0; ~^b:s3 1; }', 'map "$a:${arg_token}" $ok { "" 0; [secret] 1; }'),
        # Both.
        ("map $arg_token $db_password { s3 s4; }", "map $arg_token $db_password { [secret] [secret]; }"),
        # Within JSON.
        (
            r'{"a": "b;\nmap $a $api_key {\n\tdefault \"c \\\"d\\\"\";\n\te f;\n}", "g": "h;"}',
            r'{"a": "b;\nmap $a $api_key {\n\tdefault \"[secret]\";\n\te [secret];\n}", "g": "h;"}',
        ),
        # What follows the block stays, and one without an end does no harm.
        ("map $a $token { b c; } d e;", "map $a $token { b [secret]; } d e;"),
        ("map $a $token { b c; d", "map $a $token { b [secret]; d"),
    ],
)
def test_what_a_block_gives_or_takes_for_a_secret_is_hidden(text: str, shown: str) -> None:
    assert hide(text) == shown
    assert hide(shown) == shown
    assert HIDDEN in shown


@pytest.mark.parametrize(
    "text",
    [
        "map $http_upgrade $connection_upgrade { default upgrade; '' close; }",
        "map $host $has_token { default 0; a.example on; b.example off; }",
        'map $http_authorization $token { default ""; "" $cookie_token; }',
        "map $host $token {{ .Values.map }}",
        "a bitmap $host $token { a b; }",
    ],
)
def test_what_other_blocks_have_is_left_alone(text: str) -> None:
    assert hide(text) == text
