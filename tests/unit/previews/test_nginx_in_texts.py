"""What is hidden of a configuration of nginx, where no sign stands between a secret's name and its value."""

import pytest

from previews.redaction import HIDDEN, hide


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('proxy_set_header X-Api-Key "s3cr3t";', 'proxy_set_header X-Api-Key "[secret]";'),
        ("set $api_token 'another';", "set $api_token '[secret]';"),
        ("grpc_set_header X-Auth-Token s3cr3t;", "grpc_set_header X-Auth-Token [secret];"),
        ("fastcgi_param DB_PASSWORD s3cr3t if_not_empty;", "fastcgi_param DB_PASSWORD [secret] if_not_empty;"),
        ("uwsgi_param CLIENT_SECRET s3cr3t;", "uwsgi_param CLIENT_SECRET [secret];"),
        ("scgi_param API_KEY s3cr3t;", "scgi_param API_KEY [secret];"),
        ("add_header X-Access-Token s3cr3t always;", "add_header X-Access-Token [secret] always;"),
        ('add_header "X-Access-Token" "s3cr3t" always;', 'add_header "X-Access-Token" "[secret]" always;'),
        ('auth_http_header X-Auth-Key "s3cr3t";', 'auth_http_header X-Auth-Key "[secret]";'),
        ("proxy_set_header\tX-Api-Key\n    s3cr3t;", "proxy_set_header\tX-Api-Key\n    [secret];"),
        ("proxy_set_header Authorization ApiKey-s3cr3t;", "proxy_set_header Authorization [secret];"),
        ('proxy_set_header Authorization "Digest a, s3cr3t";', 'proxy_set_header Authorization "[secret]";'),
        # Whole: with blanks and semicolons in quotes, escaped or not, with quotes in a word, and beside a variable.
        (r'set $token "a b; \"c d\" e\\";', 'set $token "[secret]";'),
        (r"set $token 'a \'b\' c';", "set $token '[secret]';"),
        (r"set $token a\;b\ c\"d'e\\;", "set $token [secret];"),
        ("set $token s3c$r3t;", "set $token [secret];"),
        ("set $token $2y$10$s3cr3t;", "set $token [secret];"),
        # Within JSON.
        (r'{"a": "set $token \"a \\\"b\\\" c\";\nset $b c;"}', r'{"a": "set $token \"[secret]\";\nset $b c;"}'),
        (r'{"a": "b;\nset $token c;\n\tset $pwd d;"}', r'{"a": "b;\nset $token [secret];\n\tset $pwd [secret];"}'),
        (r'"proxy_set_header\tX-Api-Key\ts3cr3t;"', r'"proxy_set_header\tX-Api-Key\t[secret];"'),
        # Several on a line; what follows stays.
        ("set $a b; set $token c; set $d e; set $db_pass 'f'; g", "set $a b; set $token [secret]; set $d e; "
         "set $db_pass '[secret]'; g"),
        # Directives that are given one themselves.
        ("secure_link_secret s3cr3t;", "secure_link_secret [secret];"),
        ('secure_link_md5 "$secure_link_expires$uri s3cr3t";', 'secure_link_md5 "[secret]";'),
    ],
)  # fmt: skip
def test_what_nginx_gives_to_a_secrets_name_is_hidden_whole(text: str, shown: str) -> None:
    assert hide(text) == shown
    assert hide(shown) == shown
    assert HIDDEN in shown


@pytest.mark.parametrize(
    "text",
    [
        "proxy_set_header Host $host; proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;",
        "proxy_set_header X-Token-Type jwt; proxy_set_header X-Key-Id abc;",
        'add_header Strict-Transport-Security "max-age=63072000; includeSubDomains" always;',
        "add_header Access-Control-Allow-Credentials 'true' always;",
        "add_header Access-Control-Allow-Headers Authorization;",
        "fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name; fastcgi_param DB_PASSWORD_FILE /run/db;",
        # What comes from elsewhere is only handed on.
        "proxy_set_header X-Api-Key $http_x_api_key;",
        'proxy_set_header X-Api-Key "${api_key}";',
        'proxy_set_header Authorization "Bearer $token";',
        r'{"a": "set $token \"$1\";"}',
        "fastcgi_param HTTP_AUTHORIZATION $http_authorization if_not_empty;",
        "set $api_token {{ .Values.token }};",
        # Nothing is no secret, nor is a yes or no.
        'proxy_set_header Authorization "";',
        "set $token '';",
        "set $skip_token 0; set $has_token on; set $has_token no;",
        "set $proxy_pass http://backend;",
        # What is no directive.
        "To set $API_TOKEN run make, then set $PASSWORD, and set the token anew.",
        "offset $token a; proxy_set_headers X-Api-Key a;",
        "the directive proxy_set_header X-Api-Key has no value",
        "secure_link_secret takes a word, the module secure_link_md5 an expression",
    ],
)
def test_what_nginx_does_with_other_names_and_values_is_left_alone(text: str) -> None:
    assert hide(text) == text
