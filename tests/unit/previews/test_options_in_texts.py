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
