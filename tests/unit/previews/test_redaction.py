"""What is hidden although the engine did not."""

import base64

import pytest
from cryptography.hazmat.primitives import serialization

from previews.redaction import HIDDEN, hide
from tests.unit import certificates
from tests.unit.growth import is_linear

KEY = (
    certificates.key("any")
    .private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    .decode()
    .strip()
)
HEAD, FIRST, *_ = KEY.splitlines()
GITLAB = ["pat", "oas", "dt", "rt", "rtr", "cbt", "ptt", "ft", "imt", "agent", "wt", "soat", "ffct"]
OF_SERVICES = [
    "sk_live_", "sk_test_", "rk_live_", "rk_test_", "whsec_", "sk-", "sk-proj-", "sk-svcacct-", "sk-admin-", "sk-ant-",
    "hvs.", "hvb.", "hvr.", "GOCSPX-",
]  # fmt: skip
# Written so that who looks for keys in files does not take it for one.
PGP = "-----BEGIN PGP {} BLOCK-----".format("PRIVATE KEY")


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        pytest.param(f"see {KEY} here", FIRST, id="key"),
        pytest.param(f"{HEAD}\n{FIRST[:14]}", FIRST[:4], id="cut-off-key"),
        ("postgres://admin:hunter2@db/pulumi", "hunter2"),
        ("postgres://u:p/ss@host/db", "ss"),
        ("postgres://u:5/ss@host/db", "5/ss"),
        ("cannot reach https://u:p@ss@host/x", "ss"),
        ("https://u:p/ss@host/x", "p/ss"),
        ("https://glpat@host/x", "glpat"),
        ("host=db password=hunter2", "hunter2"),
        ("Authorization: Bearer abc.def-123", "abc.def-123"),
        ("Authorization: Basic dTpodW50ZXIy", "dTpodW50ZXIy"),
        ('{"authorization": "basic dTpodW50ZXIy"}', "dTpodW50ZXIy"),
        ("Bearer  abc.def-123", "abc.def-123"),
        ('set $upstream "Basic dTpodW50ZXIy";', "dTpodW50ZXIy"),
        ('map $host $a { default "basic  Ym9iOmh1bnRlcjI="; }', "Ym9iOmh1bnRlcjI"),
        ("v1:aGVsbG8gd29ybGQ=:v1:c29tZXRoaW5n:bW9yZQ==", "c29tZXRoaW5n"),
        ("v1:aGVsbG8gd29ybGQ=:bW9yZSBvZiBpdA==", "bW9yZSBvZiBpdA"),
        ("AKIAABCDEFGHIJKLMNOP", "AKIAABCDEFGHIJKLMNOP"),
        ("token ghp_0123456789abcdefghij", "0123456789abcdefghij"),
        ("eyJhbGciOiJIUzI1.eyJzdWIiOi.c2lnbmF0dXJl", "eyJzdWIiOi"),
        ("PULUMI_CONFIG_PASSPHRASE=open-sesame pulumi up", "open-sesame"),
        ("https://user:1234/abcd@host/x", "abcd"),
        ("oci://user:1234@registry/nginx@sha256:842a3f99afd73859", "1234"),
        ("Authorization: token abcdefgh", "abcdefgh"),
        pytest.param("see exporter:hunter2@(mysql:3306)/", "hunter2", id="mysql"),
        pytest.param("DSN_OF_A=app:hunt:er@2@tcp(db:3306)/app", "er@2", id="mysql-tcp"),
        pytest.param(r'{"a": "b\napp:hunter2@tcp(db)/c"}', "hunter2", id="mysql-in-json"),
        pytest.param("x: 'app:hunter2@/app'", "hunter2", id="mysql-local"),
        pytest.param("see https://hooks.slack.com/services/T000/B000/XXXX", "T000/B000/XXXX", id="slack"),
        ("glpat-ABCDEFGHIJKLMNOPQRST1234567.01.abcdefghi", "01.abcdefghi"),
        pytest.param(f"{PGP}\nlQVYBF\n{PGP.replace('BEGIN', 'END')}", "lQVYBF", id="key-of-pgp"),
        pytest.param(f"{PGP}\nlQVYBF", "lQVYBF", id="cut-off-key-of-pgp"),
        ("AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI", "wJalrXUtnFEMI"),
        ("DefaultEndpointsProtocol=https;AccountKey=Zm9vYmFy;x=y", "Zm9vYmFy"),
        ("kubectl --token=abcd1234", "abcd1234"),
        ("client_secret = abcd1234", "abcd1234"),
        ("https://x.example/c?sv=2020&sig=abc%3D", "abc"),
        ("https://x.example/c?X-Amz-Signature=abcd1234", "abcd1234"),
        ("ConnectionString='Server=x;Key=y'", "Key=y"),
        ("password: hunter2", "hunter2"),
        ("password: |\n  hunter2\n", "hunter2"),
        ("db_password: 'correct horse'", "horse"),
        ("user: admin\n  token: abcd1234", "abcd1234"),
        ('{"password":"correct horse"}', "horse"),
        (r"{\"password\": \"hunter2\"}", "hunter2"),
        ("secretKey:abcd1234", "abcd1234"),
        *[(f"use gl{kind}-64_{'a1' * 10} here", "a1a1") for kind in GITLAB],
        ("mycompany-glrt-t1_abcdefghijklmnopqrst", "abcdefghij"),
        (f"AIza{'Sy0_-' * 7}", "Sy0_"),
        *[(f"xox{kind}-123456789012-abcdef", "123456789012") for kind in "abeprs"],
        (f"npm_{'a1B2' * 9}", "a1B2"),
        (f"dckr_pat_{'a_-' * 9}", "a_-a"),
        *[(f"my-{kind}{'a1B2' * 12}", "a1B2") for kind in OF_SERVICES],
        (f"my-SG.{'a1B-' * 6}.{'a1B_' * 9}", "a1B_"),
        (f"AGE-SECRET-KEY-1{'A1B2' * 14}", "A1B2"),
        (f"AGE-SECRET-KEY-PQ-1{'A1B2' * 14}", "A1B2"),
        (f"https://discord.com/api/webhooks/{'12' * 9}/{'a1-_' * 17}", "1212"),
        (f"https://canary.discordapp.com/api/v10/webhooks/{'12' * 9}/{'a1-_' * 17}", "a1-_"),
        (f"https://api.telegram.org/bot{'1' * 9}:AA{'a1-_' * 8}/sendMessage", "a1-_"),
        # Hashes of passwords, as files of users and of settings have them.
        ("bob:$2y$10$N9qo8uLOickgx2ZMRZoMye", "N9qo"),
        ("bob:$$2b$$12$$N9qo8uLOickgx2ZMRZoMye", "N9qo"),
        ("bob:$apr1$lZL6V/ci$eIMz/iKDkbtys/uU7LEK00", "eIMz"),
        ("bob:$1$lZL6V/ci$eIMz/iKDkbtys/uU7LEK00:19000", "eIMz"),
        (f"bob:$5$rounds=5000$salt${'a1./' * 10}abc", "a1./"),
        (f"bob:$6$salt${'a1./' * 21}ab", "a1./"),
        ("bob:$y$j9T$F5Jx5fExrKuPp53xLKQ..1$tnSYvahCwPB", "tnSY"),
        ("$argon2id$v=19$m=65536,t=2,p=1$c2FsdA$aGFzaA", "aGFz"),
        ("bob:{SSHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=", "W6ph"),
        ("bob:{PLAIN}hunter2-hunter2", "hunter2"),
        ("bob:{PLAIN}hunter2", "hunter2"),
        ("bob:{PLAIN}p@ssw0rd!xyz", "xyz"),
        ("bob:{PLAIN}hunter2hunter2!xyz:a comment", "xyz"),
    ],
)
def test_secrets_are_known_by_their_form(text: str, secret: str) -> None:
    assert secret in text
    assert secret not in hide(text)
    assert HIDDEN in hide(text)


@pytest.mark.parametrize("before", ["", "x", "ca", "a certificate goes before\n"])
@pytest.mark.parametrize("width", [10_000, 76])
def test_keys_are_known_in_base64_too(before: str, width: int) -> None:
    text = base64.b64encode(f"{before}{KEY}\n".encode()).decode()
    body = base64.b64encode(KEY.encode()).decode()[60:]
    wrapped = "\n".join(text[start : start + width] for start in range(0, len(text), width))

    hidden = hide(f"key: {wrapped} end")

    assert HIDDEN in hidden
    assert not [part for part in (body[start : start + 12] for start in range(0, 100, 12)) if part in hidden]
    assert len(hidden) < 100


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\n        ", "\\n"])
@pytest.mark.parametrize("before", range(76))
def test_keys_are_known_in_base64_wherever_a_line_ends(before: int, line_end: str) -> None:
    wrapped = base64.encodebytes(f"{'x' * before}{KEY}\n".encode()).decode()

    hidden = hide(wrapped.replace("\n", line_end))

    assert HIDDEN in hidden
    assert len(hidden) < 200


@pytest.mark.parametrize(
    "text",
    [
        "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
        "https://my-nginx.default.svc/",
        "https://my-nginx.default.svc:8443/x, mail@example.com",
        "oci://registry:5000/nginx@sha256:842a3f99afd73859",
        "basic authentication is off; see Authorization: basic",
        "basic constraints, basic:authentication, a basic OAuth2 flow",
        base64.b64encode(b"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----").decode(),
        "mail@example.com",
        "https://hooks.slack.com/services/ is Slack's; write to mail:bob@example.com (or a@(b)), see a: b@/c",
        "v1:short",
        "nginx:1.30.1@sha256:842a3f99afd73859",
        "secretName: my-nginx-tls",
        "automountServiceAccountToken: false",
        '"token": null, "secret": {"secretName": "a"}, "tokenExpirationSeconds": 3600',
        "kind: Secret\nmetadata:\n  name: a",
        "--secret: #443a6b; --secret-paper: #eee9fb;",
        "urn:pulumi:dev::secure-nginx::kubernetes:core/v1:Secret::my-nginx-tls",
        "random:index/randomPassword:RandomPassword (admin)",
        "secure-nginx:certificate.privateKey: '[plain text]' must be a secret; take it out and run: make pulumi",
        "take out the key, which is kept as a secret: make pulumi ARGS='config rm'",
        "PULUMI_CONFIG_PASSPHRASE: '' is not allowed; choose a passphrase",
        "error: get stack secrets manager: incorrect passphrase",
        'secrets "my-nginx-tls" is forbidden, the type token: expired',
        "rewrite ^/(a)/(b)$ /$5$6/$1$2$3 last; return 301 $scheme://$host$request_uri; set $x $y$z;",
        "rolled out {SHA}/nginx of my-nginx-conf-8f3d2c1a, checksum/config: 842a3f99afd73859, nginx:1.30.1-alpine",
        "AGE-SECRET-KEY-1 is how it begins",
        "task-0123456789012345678901234567890123, sk-nginx-of-the-whole-company-0123456789, sk_test_nginx, whsec_nginx",
        "hvs.example.com, disk-proj-0123456789012345, MSG.of-the-whole-company.of-the-whole-company, SG.a.b",
        "https://a.example/webhooks/123/of-the-whole-company, https://discord.com/api/webhooks/, /bots:1, /bot1:a",
        "global-loadBalancerRule-0123456789, glibc-2.36-9_deb12u10-amd64, npm_config_registry_of_the_whole_company_x",
    ],
)
def test_what_everyone_may_see_is_left_alone(text: str) -> None:
    assert hide(text) == text


# Beginnings of what is hidden, none of them complete, and what stands between.
REPEATED = [
    "eyJaaaaaaaa-", "eyJaaaaaaaa.", "://", "://a:", "://a:1/", "://a@", "postgres://a", HEAD[:11], HEAD[:11] + "A",
    HEAD, "UFJJVkFURSBLRV ", "UFJJVkFURSBLRV", "authorization: basic ", "authorization:basic", "bearer ",
    "v1:aaaaaaaa:", "v1:aaaaaaaa:v1:a", "v1:aaaaaaaa/", "AKIA", "glpat-", "token", "token ", "token=", "token =",
    "token\\", "password: ", "password: |\n ", 'secret"', "secret='", "passphrase=", "sig", "a", "A", "-", "@", " ",
    "\n", "_pass1", "password: |\n", "password:\n ", "password:\n  a", "- ", "a: ", "a:", "a=", '"password": "\\"',
    '\\"token\\": \\"a', "token: '' ", "pwd='", "\\", 'password: "[a',
    "xoxb-", "AIza", "npm_", "set $token ", "set $token '", 'set $token \\"', "set $token a", "set $token \\", "set",
    "set ", "proxy_set_header X-Api-Key ", "proxy_set_header", "add_header token $a", "add_header token basic ",
    "map $a $token {", "map $a $token {#", "map $token $a {a b;", "map $a $token {'", "map\\n", "$token != ",
    "$token != \"", "$token\\n!=\\n", "token: [", "token: [a]", 'token: ["', "token: [[a],", "x token: {a",
    "tokens:\n#", "tokens:\n- ", "tokens:\n - {a: b,", "tokens:\n\n", "--token ", "--token '", "--token', ",
    "$2y$10$", "$5$a$", "{SSHA}", "U F\n", "U\\n", "basic ", "basic aaaa", "authorization: ", "authorization: a ",
    "--user a", "--user a:", "-E ", "-E a.b", "--token \\\n", "token=\\\n", "name: ", "name: token ", "name: token\n",
    "name: a, value: ", "password: a\n ", "password: &a ", "password: !a", "login ", "login a password ", "login a ",
    'auth_http_header "', ":{PLAIN}", " -ua", " -u", " -ua:", "value: ", "value:", "value: a, ", "value: a\n",
    "value:'", "value:\"\\", "value: a, name: ", "value:\\\"a\\\" ", 'a("token", ', "a('token', '", "a(", "<token>",
    "<token>a", "<a ", "<a:", "<token a", "<token><![CDATA[", "token]", "token] ", "token ||", "token:::",
    "token :", "token+", "a:a@", "a:a@(", "a:@tcp", "a:a@/", "password ", "password '", "password \\", "password a\n",
    "password  \n", "identified ", "identified with ", "identified with a by ", "identified by '", "requirepass ",
    "insecure-password ", "hooks.slack.com/services/", "-passin ", "-passin pass:", "token: no", "token=on ", "no",
    "GITHUB_TOKEN_CI:x,",
    "sk_live_", "whsec_a", "sk-", "sk-ant-", "hvs.", "SG.a", f"SG.{'a' * 16}.", "AGE-SECRET-KEY-1", "/webhooks/1",
    "/bot1", "token: ''", "token: ''a", 'token: ""a', "token: none", "token: null'", "''token'': ", "token''",
    "key: ", "key: token ", "value: a, key: ", "<a key=", '<a key="a" ', '<a key="token">', '<a key="token">a', "<a  ",
    "<a key", "<a key=\"token\"", "<a key = ", ' key="token"',
    'token="\n', "token='\n", "token='a\n", "x token='a\n", 'token="""', 'token="""\n', "token='''\n", "token='''a\\\n",
    'token="\\"\n', "token =\n ", "token =\n '", "token = =\n", "password =", "'a\n", '"\n',
    "a:5432:a:", "a:5432:", "a:*:a:a:", "\na:5432:a:a:", "a:\\:", " a:5432:a:a:$", "token]: ",
    "data[token]: Invalid value: ", "token: Not found: '", "a:5432:0:", "a:5432:a:a:a:", '"a:5432:a:a:a',
    "token=$(", "token=$(a ", "token: ${A:?", "token: ${A.", "token: {{", "token: ${{a", "x token=$A",
    "token: '$(echo ", "${TOKEN:?", "${TOKEN:-", "x token=a$(", "x token=${{", "secretKey: a ",
    "secretKey: a\n", "max_", "max_a_", "MAX_TOKENS_", "$(", "token: $A ", "token: '$A", "tokens:\n- $A\n",
    "ENV ", "ENV TOKEN ", "TOKEN_CI: ", "TOKEN_CI=", "TOKEN_CI: 'a", "TOKEN_", "A_TOKEN_FILE", "jwt: ", "jwt:\n ",
]  # fmt: skip


@pytest.mark.parametrize("unit", REPEATED, ids=repr)
def test_a_text_of_eight_times_the_length_takes_about_eight_times_as_long(unit: str) -> None:
    assert is_linear(hide, unit, longest=1 << 15)
