"""What is hidden of a text because it is below the name of a secret: on the next lines, or in brackets."""

import pytest

from previews.redaction import HIDDEN, hide


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("api_keys:\n  admin: s3cr3t\nuser: bob", "api_keys:\n  admin: [secret]\nuser: bob"),
        ("tokens:\n  - s3cr3t\n  - 's4'\nuser: bob", "tokens:\n  - [secret]\n  - '[secret]'\nuser: bob"),
        ("tokens:\n- s3cr3t\n- s4\nuser: bob", "tokens:\n- [secret]\n- [secret]\nuser: bob"),
        ("- tokens:\n  - s3cr3t\n- a", "- tokens:\n  - [secret]\n- a"),
        # A secret may begin with such a sign, so what only might be a comment goes as well.
        ("credentials: # all\n  admin: x y", "credentials: [secret]\n  admin: [secret]"),
        ("credentials: &all\r\n  admin: x\r\nb: c", "credentials: [secret]\r\n  admin: [secret]\r\nb: c"),
        ("passwords:\n  first one: x\n  'b: c': y", "passwords:\n  first one: [secret]\n  'b: c': [secret]"),
        ("tokens:\n  - name: a\n    value: b", "tokens:\n  - name: a\n    value: [secret]"),
        ("tokens:\n  a:\n    - b\n\n# c\n  # d\n  e: # f\n    g: h\nb: c",
         "tokens:\n  a:\n    - [secret]\n\n# c\n  # d\n  e: # f\n    g: [secret]\nb: c"),
        ("tokens:\n  a: |\n    b\n    c\n  - >-\n    d\n  e: f", "tokens:\n  a: |\n    [secret]\n  - >-\n    [secret]\n"
         "  e: [secret]"),
        ("tokens:\n  -\n    value: b", "tokens:\n  -\n    value: [secret]"),
        ("tokens:\n  - {name: a, value: b}\n  - c: [d]\n  - name: [e]", "tokens:\n  - {name: a, value: [secret]}\n"
         "  - c: [[secret]]\n  - name: [e]"),
        ("secret:\n  key: s3cr3t", "secret:\n  key: [secret]"),
        ("basicAuth:\n  - bob/s3cr3t\njwt: [s3cr3t]", "basicAuth:\n  - [secret]\njwt: [[secret]]"),
        ("jwt:\n  a: b\n  tokens:\n    - s3cr3t", "jwt:\n  a: b\n  tokens:\n    - [secret]"),
        ("jwt: {a: b, tokens: {c: s3cr3t}}", "jwt: {a: b, tokens: {c: [secret]}}"),
    ],
)  # fmt: skip
def test_what_is_below_the_name_of_a_secret_is_hidden(text: str, shown: str) -> None:
    assert hide(text) == shown
    assert hide(shown) == shown
    assert HIDDEN in shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('"api_keys": ["x", "y"], "b": 1', '"api_keys": ["[secret]", "[secret]"], "b": 1'),
        ("token: {value: x}", "token: {value: [secret]}"),
        ("token: {name: a b, value: x y }", "token: {name: a b, value: [secret] }"),
        ('{"credentials": {"admin": "x", "b": {"c": [5]}}, "u": "v"}',
         '{"credentials": {"admin": "[secret]", "b": {"c": [[secret]]}}, "u": "v"}'),
        ('"credentials": {\n  "admin": "x",\n  "size": 5\n},\n"b": "c"',
         '"credentials": {\n  "admin": "[secret]",\n  "size": 5\n},\n"b": "c"'),
        ("tokens = [\n  'a',\n  \"b\\\"c\"\n]\nd = 'e'", "tokens = [\n  '[secret]',\n  \"[secret]\"\n]\nd = 'e'"),
        ('credentials = { admin = "x", b = "y" }', 'credentials = { admin = "[secret]", b = "[secret]" }'),
        ("'tokens' => ['a' => 'b']", "'tokens' => ['a' => '[secret]']"),
        (r'{\"tokens\": {\n \"a\": \"b \\\"c\\\"\"}, \"d\": 1}', r'{\"tokens\": {\n \"a\": \"[secret]\"}, \"d\": 1}'),
        ("x api_tokens: [a:b, c==, d\\e]", "x api_tokens: [[secret], [secret], [secret]]"),
    ],
)  # fmt: skip
def test_what_is_in_brackets_behind_the_name_of_a_secret_is_hidden(text: str, shown: str) -> None:
    assert hide(text) == shown
    assert hide(shown) == shown


@pytest.mark.parametrize(
    "text",
    [
        "tokens:\n  - name: a\n  - name: b\n    namespace: c",
        "privateKey:\n  algorithm: RSA\n  size: 2048\n  rotationPolicy: Always\n  encoding: PKCS1",
        "privateKey: {algorithm: RSA, size: 2048}",
        "token:\n  enabled: true\n  value:\n  other: null",
        "passwords: {}\ntokens: []\nsecrets: ['', false]",
        "# tokens:\n#   - a\n",
        # What a volume takes is elsewhere.
        "- secret:\n    secretName: a\n    defaultMode: 420\n    items:\n      - key: a\n        path: b\n  name: c",
        "- secret:\n    name: a\n    items:\n    - key: a\n      path: b",
        "- serviceAccountToken:\n    path: token\n    expirationSeconds: 3600\n    audience: a",
        '"secret": {"secretName": "a", "items": [{"key": "a", "path": "b"}], "optional": true}',
        # Templates, what is no structure, and what is one to nobody knows where.
        "password: {{ .Values.password }}\ntokens:\n  - {{ .Values.token }}\n  - [{{ .a }}]",
        "password: {a, b",
        "password: {: a b",
        "tokens: [" + "[" * 20 + "a" + "]" * 21,
        "the token: [expired]",
        "tokens:\nname: a",
        "imagePullSecrets: [a, b]\nmax_tokens_per_minute: {a: 5}",
    ],
)
def test_what_is_only_said_there_is_left_alone(text: str) -> None:
    assert hide(text) == text
