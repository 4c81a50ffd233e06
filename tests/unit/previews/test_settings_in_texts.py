"""What is hidden of a text because it follows the name of a secret."""

import pytest

from previews.redaction import HIDDEN, hide


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        # Where the name begins a line, all of the line.
        ("password: Tr0ub,4dor", "4dor"),
        ("  - password: Tr0ub&4dor", "4dor"),
        ("# db.password: Tr0ub;4dor", "4dor"),
        ("password: Tr0ub'4dor", "4dor"),
        ('password: Tr0ub"4dor', "4dor"),
        ("password: Tr0ub\\4dor", "4dor"),
        ("password: correct horse", "horse"),
        ("password = correct horse", "horse"),
        ("'password' => 'correct horse'", "horse"),
        ("password:Tr0ub", "Tr0ub"),
        # In the midst of one, to the next blank.
        ("psql password=Tr0ub,4dor;5&6'7", "4dor"),
        ('psql password="correct horse"', "horse"),
        ("map[user:bob password:Hunter2]", "Hunter2"),
        # In quotes, to the last one.
        (r'{"password": "ab\"cdSECRET", "user": "bob"}', "cdSECRET"),
        (r"{\"password\": \"ab\\\"cdSECRET\", \"user\": \"bob\"}", "cdSECRET"),
        ("{password: 'it''s SECRET'}", "SECRET"),
        # In two, within a text that is in such ones itself.
        ("a: 'password: ''correct horse'' b'", "horse"),
        ("args: ['-c', 'x ''db_password'': ''hunter2''']", "hunter2"),
        ('"{""password"":""correct horse""}"', "horse"),
        ("password: ''hunt''er2", "hunt"),
        ("'name: ''DB_PASSWORD'', value: ''correct horse'''", "horse"),
        ('{"password": "[abc"}', "abc"),
        # Behind an equals sign, also with a bracket, or with a part that is hidden for its form.
        ("userPassword={SSHA}W6ph5", "W6ph5"),
        ("env DB_PASSWORD={Tr0ub4dor", "4dor"),
        ("DB_PASSWORD=[Tr0ub4dor", "4dor"),
        ("DB_PASSWORD=ghp_abcdefghijklmnop1234!tail", "tail"),
        ("password=AKIAABCDEFGHIJKLMNOP/extra", "extra"),
        # What only begins like a yes or no.
        ("password: no way", "way"),
        ("password: off,on", "on"),
        ("password: 'on the road'", "road"),
        ("password: Yes1", "Yes1"),
        ("password: None!hunter2", "hunter2"),
        ("token: none.hunter2", "hunter2"),
        ("psql password=null#hunter2", "hunter2"),
        ("psql password='true/hunter2'", "hunter2"),
        ("<password>none>hunter2</password>", "hunter2"),
        # After a word, where no word of a sentence stands.
        ("curl -H X-Vault-Token:hvs.CAESIabc https://vault:8200/v1/x", "CAESIabc"),
        ("curl -d grant=x -d client_secret:abc123", "abc123"),
        # By each of the names.
        ("private_key: abc123", "abc123"),
        ("PRIVATE_KEY=abc123", "abc123"),
        ("RAILS_MASTER_KEY=abc123", "abc123"),
        ("run with DD_APP_KEY=abc123", "abc123"),
        ("NEW_RELIC_LICENSE_KEY: abc123", "abc123"),
        ("curl -H Ocp-Apim-Subscription-Key:abc123", "abc123"),
        ("AZURE_STORAGE_KEY=abc123", "abc123"),
        ("redis-server --requirepass hunter2 --x", "hunter2"),
        ("DB_PASS=hunter2", "hunter2"),
        ("run with DB_PASS_2=hunter2", "hunter2"),
        ("pwd=hunter2", "hunter2"),
        ("credentials: bob:hunter2", "hunter2"),
        ("dsn: bob/hunter2", "hunter2"),
        ("bcryptHash: $2y$10$abc", "abc"),
        # With what tells several of them apart behind it.
        ("SECRET_KEY_BASE=abc123", "abc123"),
        ("run with DB_PASSWORD_RO=hunter2", "hunter2"),
        ("PASSWORD_PROD: hunter2", "hunter2"),
        ("API_KEY_V2=abc123", "abc123"),
        ("PRIVATE_KEY_PEM=abc123", "abc123"),
        ("map[user:bob passwordProd:Hunter2]", "Hunter2"),
        ("DB_PASS_OLD=hunter2", "hunter2"),
        ("run with APP_SECRETS=hunter2", "hunter2"),
        ("client_secrets: hunter2", "hunter2"),
        ("run with JWT_KEY=hunter2", "hunter2"),
        ("hmacKey: hunter2", "hunter2"),
        ("session-key = hunter2", "hunter2"),
        ("COOKIE_KEY=hunter2", "hunter2"),
        ("ssh_key: hunter2", "hunter2"),
        ("AES_KEY=hunter2", "hunter2"),
        ("fernet_key = hunter2", "hunter2"),
        ("DEPLOY_KEY=hunter2", "hunter2"),
        ("storage_key: hunter2", "hunter2"),
        ("curl -H x-functions-key:hunter2", "hunter2"),
        ("run with DB_PW=hunter2", "hunter2"),
        ("bindpw hunter2", "hunter2"),
        ("rootpw: hunter2", "hunter2"),
        ("passcode: hunter2", "hunter2"),
        ("user_jwt=hunter2", "hunter2"),
        ("REDISCLI_AUTH=hunter2 redis-cli", "hunter2"),
        ("redis_auth: hunter2", "hunter2"),
        ("basicAuth: bob/hunter2", "hunter2"),
        ("SMTP_AUTH=hunter2", "hunter2"),
        # Wherever it stands in the name of a variable.
        ("run with GITHUB_TOKEN_CI=hunter2", "hunter2"),
        ("API_KEY_STRIPE=hunter2", "hunter2"),
        ("PASSWORD_FOR_DB: hunter2", "hunter2"),
        ("env:\n  GITHUB_TOKEN_CI: 'correct horse'\n", "horse"),
        ('{"env": {"GITHUB_TOKEN_CI": "correct horse"}}', "horse"),
        ("- name: PASSWORD_FOR_DB\n  value: hunter2", "hunter2"),
        ("- value: hunter2\n  name: PASSWORD_FOR_DB", "hunter2"),
        ("ENV PASSWORD_FOR_DB hunter2", "hunter2"),
        ("FROM a\nENV TOKEN hunter2\n", "hunter2"),
        # Below the name.
        ("password: |2-\n    correct\n\n    horse\nuser: bob\n", "horse"),
        ("password: >  # folded\n  correct\n  horse", "horse"),
        ("- password: |\n    hunter2\n  user: bob", "hunter2"),
        ("password:\n  hunter2\nuser: bob", "hunter2"),
        ("password:\r\n  hunter2\r\nuser: bob", "hunter2"),
        ('"password":\n  "a: hunter2"', "hunter2"),
        ("password: &pw |\n  hunter2\n", "hunter2"),
        ("password: !!str >-\n  hunter2\n", "hunter2"),
        ("password: !vault |\n  hunter2\n", "hunter2"),
        ("tokens:\n  a: &x |\n    hunter2\n", "hunter2"),
        ("db_password: first\n  hunter2\n", "hunter2"),
        ('password: "first\n  hunter2"\n', "hunter2"),
        ("- password: 'first\r\n\r\n    hunter2'\r\n", "hunter2"),
        # Behind the end of a line that goes on.
        ("TOKEN=\\\nhunter2", "hunter2"),
        ("export DB_PASSWORD=\\\r\n  'correct horse'", "horse"),
        # Behind the signs of make, Go and Ruby.
        ("PASSWORD := correct horse", "horse"),
        ("password ?= hunter2", "hunter2"),
        ("PASSWORD+=hunter2", "hunter2"),
        pytest.param("PASSWORD ::= hunter2", "hunter2", id="sign-of-three"),
        (": ${DB_PASSWORD:=hunter2}", "hunter2"),
        ("password ||= 'correct horse'", "horse"),
        # Behind the end of a subscript.
        ('config["password"] = "correct horse"', "horse"),
        ("$config['db']['password']='hunter2';", "hunter2"),
        ('os.environ["DB_PASSWORD"] = "hunter2"', "hunter2"),
        (r'{"a.py": "os.environ[\"DB_PASSWORD\"] = \"correct horse\""}', "horse"),
        ('ENV["DB_PASSWORD"] ||= "hunter2"', "hunter2"),
        # Beside its name.
        ('{"name":"DB_PASSWORD","value":"hunter2"}', "hunter2"),
        ('{\n  "name": "DB_PASSWORD",\n  "value": "hunter2"\n}', "hunter2"),
        (r"{\"name\": \"DB_PASSWORD\",\n \"value\": \"hunter2\"}", "hunter2"),
        ("- name: DB_PASSWORD\n  value: hunter2\n", "hunter2"),
        ("- name: 'DB_PASSWORD'\r\n  value: |\r\n    correct\r\n    horse\r\n", "horse"),
        ("- {name: token, value: hunter2}", "hunter2"),
        ("map[name:DB_PASSWORD value:hunter2]", "hunter2"),
        ('EnvVar{Name:"DB_PASSWORD", Value:"correct horse"}', "horse"),
        ('name = "DB_PASSWORD"\nvalue = "correct horse"', "horse"),
        ("- name: Authorization\n  value: ApiKey hunter2\n", "hunter2"),
        # In files of their own kind.
        ("machine a.example login bob password hunter2", "hunter2"),
        ("default\nlogin bob\naccount a\npassword hunter2", "hunter2"),
        ('{"auths":{"r.example":{"auth":"Ym9iOlMzQ1IzVA=="}}}', "Ym9i"),
    ],
)
def test_what_a_secrets_name_is_set_to_is_hidden_whole(text: str, secret: str) -> None:
    assert secret in text
    assert secret not in hide(text)
    assert HIDDEN in hide(text)


@pytest.mark.parametrize(
    "text",
    [
        "the password is wrong",
        "secure-nginx:certificate.privateKey: '(PEM)' must be an unencrypted private key",
        "secure-nginx:certificate.privateKey: 'RSA of 1024 bits' must have at least 2048 bits",
        "the type token: expired",
        'if config["password"] == other: spec.secrets["token"]: Required value',
        "[token]\nmode = a",
        "secure-nginx:certificate.privateKey: (not set) is required; run: make pulumi",
        "kubectl --kubeconfig=/home/bob/.kube/config --context=lab, KUBECONFIG=/home/bob/.kube/config",
        "existingSecret: my-nginx-tls",
        "token_count=3, max_tokens_per_minute: 5, password_file=/run/a",
        "Authorization: basic",
        "if password == other",
        "https://my-nginx.default.svc/token/a?page=2&sort=name",
        "secret:\n  secretName: my-nginx-tls",
        "secret:\nname: a",
        "tokens:\n  - name: a",
        "password: |\nuser: bob",
        "password: |\n\n",
        "password:\n",
        "password: ''",
        "password=",
        "password: &pw |\nuser: bob",
        "# password: ''\n    a: b",
        "- name: MODE\n  value: a\n- name: DB_PASSWORD\n  valueFrom: b",
        "name: DB_PASSWORD\nrename: a, value: b",
        "Log in, login: bob, password_file /run/a",
        "ALLOW_EMPTY_PASSWORD=yes",
        "server-tokens: Off\r\nallow_empty_password = no \ntoken: ON",
        '{"server-tokens": "no", "server_token": \'Yes\'}',
        "x token: null, y token=none; {token: null}, [token: none], 'token: null', (token=None)",
        r'"{\"token\": null}", "x token: None\n"',
        "a: 'b: ''c'', token: ''null'', token: ''no'''",
        '"{""token"":"""",""b"":""c""}", token="" b, <a token=""/>, f(token="") + g("")',
        r"{\"server-tokens\": \"off\"}",
        "tokens:\n  allowed: yes\n  shown: no",
        "PASSWORD_FILE=/run/a, SECRET_NAME_PROD=a, tokenizer_base=b, TOKEN_PATH_OLD=/run/b, API_KEY_ID_RO=c",
        "MAX_TOKENS_PER_MINUTE=5, TOKEN_TTL: 60, LAB_KUBECONFIG=/run/a, TOKENIZER_MODEL=a, PASSWORD_RESET_URL: /a",
        "AUTH_TOKEN_INVALID: it has expired\nsee PASSWORD_RESET_FAILED: try again",
        "ENV MODE a\nENV TOKEN_PATH /run/a\nENV PATH $PATH:/a",
        "existing_secrets: a, imagePullSecrets: a\nexternalSecrets=a\nsealedSecrets: a",
        "key_storage: a, storage-keeper: b, redis_author: c, the jwt: expired, pwned=a, gpw=b",
        "jwt:\n  issuer: a\nbasicAuth: {realm: a}\nredis_auth:\n  mode: b",
    ],
)
def test_what_only_looks_so_is_left_alone(text: str) -> None:
    assert hide(text) == text


def test_what_is_set_keeps_its_name() -> None:
    assert hide('{"password":"a", "b": 1}') == '{"password":"[secret]", "b": 1}'
    assert hide("--token=a --b") == "--token=[secret] --b"
    assert hide(r'{"password": "a\"b", "c": 1}') == '{"password": "[secret]", "c": 1}'
    assert hide("a: 1\npassword: b c\nd: 2") == "a: 1\npassword: [secret]\nd: 2"
    assert hide("a:\n  token: |\n    b\n\n    c\n  d: 2\n") == "a:\n  token: |\n    [secret]\n  d: 2\n"
    assert hide("token:\n  b\nd: 2") == "token:\n  [secret]\nd: 2"
    assert hide("- name: token\n  value: |\n    b\n  d: 2") == "- name: token\n  value: |\n    [secret]\n  d: 2"
    assert hide("token: &a |\n  b\nd: 2") == "token: &a |\n  [secret]\nd: 2"
    assert hide("token: a\n  b\n\nd: 2") == "token: [secret]\n\nd: 2"
    assert hide("# token: a\n    b") == "# token: [secret]\n    b"
    assert hide("login bob password a\nb") == "login bob password [secret]\nb"
    assert hide("TOKEN=\\\na b") == "TOKEN=\\\n[secret]"
    assert hide("a: 'b, token: ''c d'', e'") == "a: 'b, token: ''[secret]'', e'"


@pytest.mark.parametrize(
    "text",
    [
        'token: "a\n  b"\n', "token: a\n  b\nc: d", "token: &a |\n  b", "Authorization: Digest a, b",
        "x -H 'Authorization: ApiKey a'", "- name: token\n  value: a", "password: a b", "token: |\n  a\n  b\n",
        "token:\n  a", '{"password": "a"}', "x token=a, b",
    ],
)  # fmt: skip
def test_what_is_hidden_twice_is_as_if_it_were_once(text: str) -> None:
    assert hide(hide(text)) == hide(text)
