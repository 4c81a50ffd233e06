"""What is hidden of a text because it tells who asks: the header Authorization, under any scheme."""

import pytest

from previews.redaction import hide


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        # Where the name begins a line, all of the line.
        ("Authorization: ApiKey s3cr3t", "Authorization: [secret]"),
        ("Authorization: Bearer  s3cr3t", "Authorization: Bearer [secret]"),
        ("Authorization: Bearer s3cr3t!s3cr3t", "Authorization: [secret]"),
        ("Authorization: Token s3cr3t", "[secret]"),
        ('proxy-authorization: Digest username="bob", response="s3"', "proxy-authorization: [secret]"),
        ("HTTP_AUTHORIZATION=s3cr3t", "HTTP_AUTHORIZATION=[secret]"),
        ("Authorization: >-\n  ApiKey s3cr3t", "Authorization: >-\n  [secret]"),
        # In the midst of one, the scheme and the word behind it.
        ('curl -H "Authorization: s3cr3t" https://a/', 'curl -H "Authorization: [secret]" https://a/'),
        ('curl -H "Authorization: ApiKey s3cr3t" x', 'curl -H "Authorization: [secret]" x'),
        ("request failed with Authorization: ApiKey s3cr3t twice", "request failed with Authorization: [secret] twice"),
        ('curl -H "Authorization: Bearer  s3cr3t" x', 'curl -H "Authorization: Bearer [secret]" x'),
        ("x authorization:s3cr3t", "x authorization:[secret]"),
        # In quotes, all of it.
        ('{"headers": {"Authorization": "ApiKey s3 cr3t", "b": "c"}}',
         '{"headers": {"Authorization": "[secret]", "b": "c"}}'),
        (r'{\"authorization\": \"s3cr3t\", \"b\": 1}', r'{\"authorization\": \"[secret]\", \"b\": 1}'),
    ],
)  # fmt: skip
def test_what_tells_who_asks_is_hidden(text: str, shown: str) -> None:
    assert hide(text) == shown
    assert hide(shown) == shown


def test_a_header_in_single_quotes_is_hidden_with_the_last_one() -> None:
    assert hide("curl -H 'Authorization: s3cr3t' x") == "curl -H 'Authorization: [secret] x"


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Bearer",
        "the header \"Authorization: Basic\" or 'Authorization: Token'",
        'curl -H "Authorization: Bearer $TOKEN" -H "Authorization: ${A}" x',
        'Authorization: "Bearer $(cat /run/a)"',
        "Authorization: Bearer {{ .Values.token }}",
        "authorization:\n  mode: Node",
        "apiVersion: rbac.authorization.k8s.io/v1, authorization-mode: RBAC",
        "authorization: false",
        "security:\n  authorization: disabled\n",
        "Access-Control-Allow-Headers: Authorization, Accept",
    ],
)
def test_what_is_only_said_about_it_is_left_alone(text: str) -> None:
    assert hide(text) == text
