"""What is hidden of a text because it follows an option of a command, as in the text of an error."""

import pytest

from previews.redaction import hide


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("cmd --token s3cr3t", "cmd --token [secret]"),
        ("cmd --token s3cr3t --user bob", "cmd --token [secret] --user bob"),
        ("cmd -password s3cr3t -v", "cmd -password [secret] -v"),
        ("cmd --db-password 'correct horse' x", "cmd --db-password '[secret]' x"),
        ('cmd --client-secret "correct horse" x', 'cmd --client-secret "[secret]" x'),
        ("cmd --api-key  Theodore", "cmd --api-key  [secret]"),
        ("cmd --token s3c$r3t", "cmd --token [secret]"),
        ("cmd --password=s3cr3t x", "cmd --password=[secret] x"),
        ('{"error": "cmd --token s3cr3t"}', '{"error": "cmd --token [secret]"}'),
        (r'"cmd --token \"s3 cr3t\" x"', r'"cmd --token \"[secret]\" x"'),
        # As quoted words, and on the next line.
        ('cmd "--token" "s3 cr3t" x', 'cmd "--token" "[secret]" x'),
        ("cmd '--token'  's3cr3t'", "cmd '--token'  '[secret]'"),
        ("cmd --password \\\n  s3cr3t --x", "cmd --password \\\n  [secret] --x"),
        ("cmd --token \\\r\n\t's3cr3t'", "cmd --token \\\r\n\t'[secret]'"),
        # curl's own.
        ("curl --proxy-pass s3cr3t x", "curl --proxy-pass [secret] x"),
        ("curl --oauth2-bearer s3cr3t x", "curl --oauth2-bearer [secret] x"),
        # As a list.
        ("Command '['cmd', '--token', 's3cr3t', 'x']' failed", "Command '['cmd', '--token', '[secret]', 'x']' failed"),
        ('args: ["--password", "s3cr3t"]', 'args: ["--password", "[secret]"]'),
        (r'{\"args\": [\"--token\", \"s3cr3t\"]}', r'{\"args\": [\"--token\", \"[secret]\"]}'),
        ("args:\n  - --token\n  - s3cr3t\n  - x", "args:\n  - --token\n  - [secret]\n  - x"),
    ],
)  # fmt: skip
def test_what_follows_the_option_for_a_secret_is_hidden(text: str, shown: str) -> None:
    assert hide(text) == shown
    assert hide(shown) == shown


@pytest.mark.parametrize("option", ["--user", "-u", "--proxy-user", "-U", "--cert", "--proxy-cert", "-E"])
@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("curl {} c.pem:s3cr3t x", "curl {} c.pem:[secret] x"),
        ("curl {} 'c.pem:correct horse' x", "curl {} 'c.pem:[secret]' x"),
        ('curl {} "$A/c.pem:a:$s3cr3t" x', 'curl {} "$A/c.pem:[secret]" x'),
        ("curl {} \\\n  no.pem:s3cr3t", "curl {} \\\n  no.pem:[secret]"),
        ('["curl", "{}", "c.pem:s3cr3t"]', '["curl", "{}", "c.pem:[secret]"]'),
        ("args:\n- {}\n- c.pem:s3cr3t", "args:\n- {}\n- c.pem:[secret]"),
    ],
)
def test_what_follows_the_colon_of_an_account_or_a_certificate_is_hidden(option: str, text: str, shown: str) -> None:
    assert hide(text.format(option)) == shown.format(option)
    assert hide(shown.format(option)) == shown.format(option)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("curl -ubob:s3cr3t https://x", "curl -ubob:[secret] https://x"),
        ("curl -u'bob:correct horse' x", "curl -u'bob:[secret]' x"),
        ('["curl", "-ubob:s3cr3t", "x"]', '["curl", "-ubob:[secret]", "x"]'),
        (r"{\"args\": [\"-ubob:s3cr3t\"]}", r"{\"args\": [\"-ubob:[secret]\"]}"),
        ("args:\n- -ubob:s3cr3t", "args:\n- -ubob:[secret]"),
    ],
)
def test_an_account_may_follow_its_option_without_a_blank(text: str, shown: str) -> None:
    assert hide(text) == shown
    assert hide(shown) == shown


@pytest.mark.parametrize("option", ["-passin", "-passout"])
@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("openssl rsa {} pass:s3cr3t -in a", "openssl rsa {} pass:[secret] -in a", id="word"),
        pytest.param("openssl rsa {} 'pass:correct horse' x", "openssl rsa {} 'pass:[secret]' x", id="quotes"),
        pytest.param("args:\n- {}\n- pass:s3cr3t", "args:\n- {}\n- pass:[secret]", id="list"),
        pytest.param("openssl rsa {} pass:$PASS -in a", "openssl rsa {} pass:$PASS -in a", id="variable"),
        pytest.param("openssl rsa {} file:/run/a -in b", "openssl rsa {} file:/run/a -in b", id="file"),
    ],
)
def test_what_openssl_is_given_as_a_pass_phrase_is_hidden(option: str, text: str, shown: str) -> None:
    assert hide(text.format(option)) == shown.format(option)
    assert hide(shown.format(option)) == shown.format(option)


@pytest.mark.parametrize(
    "text",
    [
        'curl -u"$USER:$PASS" -ubob https://a.example:8443/; nginx:${TAG}-ubuntu:22.04 a-ub:c -u://a date -u%H:%M',
        "curl --user bob --cert client.pem --proxy-user bob -E client.pem x",
        'curl -u "$USER:$PASS" -U bob:${PASS} --user "bob:$(cat /run/a)" x',
        "date -u +%H:%M; wget -U agent https://a.example:8443/; redis-cli -u redis://a:1/",
        "sed -E 's/port: 80/port: 81/' a; grep -E '^root:x' a; sort -u a",
    ],
)
def test_what_has_no_such_colon_is_left_alone(text: str) -> None:
    assert hide(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "the option --password is required, --token must be set, and --api-key or --token can be given",
        "use --token to sign in, or --password with --user",
        "cmd --token --verbose, cmd --token <token>, cmd --token $TOKEN, cmd --token ${TOKEN}, cmd --token $(cat a)",
        'cmd --token "$TOKEN" x',
        "cmd --password-file /run/a --token-ttl 3600 --pass-through x --tokenizer b",
        "make pulumi ARGS='config set --secret --path a.b' < FILE, pulumi config set --secret key",
        "a well-known token a, a list:\n- token a",
    ],
)
def test_what_follows_another_word_is_left_alone(text: str) -> None:
    assert hide(text) == text
