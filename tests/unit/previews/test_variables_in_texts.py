"""What is left alone in a text behind the name of a secret: what says where one comes from, and is none itself."""

import pytest

from previews.redaction import HIDDEN, hide

ELSEWHERE = [
    "$DB_PASSWORD", "${DB_PASSWORD}", "${db.password}", "${PW:?must be set}", "${PW?must be set}", "${PW:-}", "${PW-}",
    "$(DB_PASSWORD)", "$(cat /run/a | base64 -d)", "{{ .Values.password }}", "{{a}}", "${{ secrets.DB_PASSWORD }}",
]  # fmt: skip


@pytest.mark.parametrize("value", ELSEWHERE)
@pytest.mark.parametrize(
    "text",
    [
        "password: {}", "password: {}\n", '"password": "{}",', "password: '{}' # a", "PASSWORD={}\nb", 'PASSWORD="{}"',
        "psql password={} host=a", "psql password='{}' host=a", "export PASSWORD={}; a", 'config["password"] = "{}";',
        "{{a: b, password: '{}'}}", r'{{"a": "password: \"{}\"\n"}}', "- name: PASSWORD\n  value: {}\n",
        "- value: {}\n  name: PASSWORD\n", "tokens:\n  - {}\n  - '{}'", "<password>{}</password>",
        "define('TOKEN', '{}')", "ENV DB_PASSWORD={}", "a: 'token: ''{}'''",
    ],
)  # fmt: skip
def test_what_says_where_a_secret_comes_from_is_left_alone(text: str, value: str) -> None:
    assert hide(text.format(value, value)) == text.format(value, value)


@pytest.mark.parametrize(
    "value",
    [
        "${PW:-s3cr3t}", "${PW:=s3cr3t}", "${PW-s3cr3t}", "$s3cr3t", "$1s3cr3t", "$S3cr3t", "${PW}s3cr3t", "$PW-s3cr3t",
        "$(echo s3cr3t)", "$(true; printf s3cr3t | base64)", "$(cat <<< s3cr3t)",
        "$(htpasswd -nb u s3cr3t)", "$(a)s3cr3t", "s3cr3t$PW", "$$s3cr3t",
    ],
)  # fmt: skip
@pytest.mark.parametrize("text", ["password: {}", 'a "password": "{}",', "PASSWORD='{}'", "psql password={} host=a"])
def test_a_secret_beside_it_or_in_it_is_hidden(text: str, value: str) -> None:
    hidden = hide(text.format(value))

    assert HIDDEN in hidden
    assert "s3cr3t" not in hidden


@pytest.mark.parametrize(
    "text",
    [
        "password: ${A} hunter2",
        "PASSWORD=$A hunter2",
        "password: $(a) hunter2",
        "password: ${{ env.A || 'hunter2' }}",
        "x password=${{ env.A || 'hunter2' }} b",
    ],
)
def test_where_there_is_more_all_of_it_is_hidden(text: str) -> None:
    assert HIDDEN in hide(text)
    assert "hunter2" not in hide(text)


@pytest.mark.parametrize(
    "text",
    [
        "max_tokens: 4096\nrun maxTokens=5, max_output_tokens=5, token_max_age: 60\nMAX_TOKENS=5",
        "SESSION_KEY_MAX_AGE=5",
        "data:\n  - secretKey: db-password\n    remoteRef:\n      key: a",
        '{"secretKey": "password", "remoteRef": {"key": "a"}}',
    ],
)
def test_what_only_has_such_a_name_is_left_alone(text: str) -> None:
    assert hide(text) == text


def test_a_key_that_is_not_that_of_another_secret_is_hidden() -> None:
    assert hide("secretKey: s3cr3t\nremoteRefs: a") == "secretKey: [secret]\nremoteRefs: a"
    assert hide("secretKey=s3cr3t\nremoteRef: a") == "secretKey=[secret]\nremoteRef: a"
