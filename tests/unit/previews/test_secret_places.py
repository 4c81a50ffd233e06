"""What is hidden because of where it stands: below which key, in which kind of resource."""

from pathlib import Path

import pytest

from previews.redaction import is_secret_place

# What `make` refuses on its command line.
_SECRETS = (Path(__file__).parents[3] / "pipeline.mk").read_text().partition("\nSECRETS := ")[2]
SECRETS = _SECRETS.partition("\n$")[0].replace("\\\n", " ").split()
KEYS = [
    "APP_KEY", "DD_APP_KEY", "application-key", "NEW_RELIC_LICENSE_KEY", "Ocp-Apim-Subscription-Key", "ticket.key",
    "ssl-session-ticket-key", "requirepass", "masterauth",
    "APP_SECRETS", "client_secrets", "client_secrets.json", "bindpw", "rootPw", "DB_PW", "passcode", "jwt",
    "USER_JWT_2", "REDISCLI_AUTH", "redis-auth", "BASIC_AUTH", "smtp_auth", "hmac_key", "jwtKey", "SESSION_KEY",
    "cookie-key", "ssh_key", "aesKey", "FERNET_KEY", "deploy_key", "STORAGE_KEY", "x-functions-key",
]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        ("kubernetes:core/v1:Secret", "data"),
        ("kubernetes:core/v1:Secret", 'stringData["tls.key"]'),
        ("kubernetes:core/v1:Secret", "stringData.user"),
        ("tls:index/privateKey:PrivateKey", "privateKeyPem"),
        ("any", "spec.env[0].dbPassword"),
        ("any", 'data["api_key"]'),
        ("any", "kubeconfig"),
        ("any", "bcryptHash"),
        ("any", "tokens[3]"),
        ("any", "clientSecret"),
        ("any", 'data["client-secret"]'),
        ("any", "stringData.secret"),
        ("any", "data.DB_PASS"),
        ("any", "data.DB_PASS_2"),
        ("any", "pwd"),
        ("any", 'data["pass.txt"]'),
        ("any", 'data["db-password.txt"]'),
        ("any", 'data["token.json"]'),
        ("any", 'data["credentials.yaml"]'),
        ("any", 'data["api-key"]'),
        ("any", 'data["api.key"][0]'),
        ("any", 'data["private-key"]'),
        ("any", 'data["access-key"]'),
        ("any", 'data["secret-key"]'),
        ("any", "data.APIKey"),
        ("any", 'metadata.annotations["kubectl.kubernetes.io/last-applied-configuration"]'),
        ("kubernetes:core/v1:Secret", 'metadata.annotations["any/thing"]'),
        ("kubernetes:core/v1:SecretPatch", "stringData.a"),
        ("kubernetes:core/v1:SecretList", "items[0].data.a"),
        ("any", "spec.credentials.alice"),
        ("any", 'data["passwords"].a'),
        ("any", 'spec["db.password"][0].a'),
        ("any", "spec.auth.password.value"),
        ("any", "spec.secrets.db"),
        ("any", "spec.tokens[0][1]"),
        ("any", "spec.encryptionKey"),
        ("any", "spec.signingKey"),
        ("any", "spec.sharedKey"),
        ("any", "AUTH_KEY"),
        ("any", 'auths["registry.example"].auth'),
        ("any", "accountKey"),
        ("any", "spec.connectionString"),
        ("any", "spec.dsn"),
        ("any", 'data[".dockerconfigjson"]'),
        ("any", 'data["a"]pass"]'),
        *[("any", f'data["{name}"]') for name in KEYS],
        ("any", 'data["volumes[0].secret.password"]'),
        ("any", "spec.volumes[0].secret.password"),
        ("any", "spec.secret.items[0].key"),
        ("any", "spec.data[0].secretKey"),
        ("kubernetes:external-secrets.io/v1:ExternalSecret", "spec.secretKey"),
        ("kubernetes:external-secrets.io/v1:ExternalSecret", "spec.data[0].password"),
        ("any", "max_tokens_secret"),
    ],
)
def test_secrets_are_known_by_their_place(kind: str, path: str) -> None:
    assert is_secret_place(kind, path)


@pytest.mark.parametrize("name", SECRETS)
def test_what_the_pipelines_keep_off_the_command_line_is_known_for_a_secret(name: str) -> None:
    assert len(SECRETS) > 5
    assert is_secret_place("any", f"env.{name}")


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        ("kubernetes:core/v1:Secret", "metadata.name"),
        ("kubernetes:core/v1:Secret", "dataset"),
        ("kubernetes:core/v1:ConfigMap", "data.settings"),
        ("kubernetes:apps/v1:Deployment", "spec.template.spec.volumes[1].secret.secretName"),
        ("tls:index/privateKey:PrivateKey", "algorithm"),
        ("kubernetes:core/v1:Secret", "metadata.labels.app"),
        ("kubernetes:core/v1:SecretReference", "data.a"),
        ("tls:index/privateKey:PrivateKey", "privateKeyAlgorithm"),
        ("any", "spec.template.spec.containers[0].image"),
        ("any", "spec.template.spec.imagePullSecrets[0].name"),
        ("any", "imagePullSecrets[0]"),
        ("any", "existingSecret"),
        ("any", "env[0].valueFrom.secretKeyRef"),
        ("any", "secretLayout"),
        ("any", 'metadata.annotations["nginx.org/ssl-passthrough"]'),
        ("any", "passthrough"),
        ("any", "bypass"),
        ("any", 'data["proxy-pass"]'),
        ("any", "tokenExpirationSeconds"),
        ("any", "metadata.name"),
        ("any", "keyRevision"),
        ("any", "data.KEY_STORAGE"),
        ("any", "existingSecrets"),
        ("kubernetes:external-secrets.io/v1:ExternalSecret", "spec.data[0].secretKey"),
        ("kubernetes:external-secrets.io/v1beta1:ClusterExternalSecret", "spec.externalSecretSpec.data[1].secretKey"),
        ("kubernetes:external-secrets.io/v1alpha1:PushSecret", "spec.data[0].match.secretKey"),
        ("any", "max_tokens"),
        ("any", "spec.maxOutputTokens"),
        ("any", "data.TOKEN_MAX_AGE"),
        ("any", "spec.externalSecrets"),
        ("any", "sealedSecrets"),
        ("any", "data.pwned"),
        ("any", "spec.jwt.issuer"),
        ("any", "spec.basicAuth.realm"),
        ("any", "redis_auth.mode"),
        ("any", "masterAuthority"),
        ("any", "passwords.count"),
        ("any", "spec.volumes[1].secret.items[0].key"),
        ("any", "spec.volumes[1].secret.defaultMode"),
        ("any", "spec.volumes[1].projected.sources[0].serviceAccountToken.path"),
        ("any", "spec.privateKey.rotationPolicy"),
        ("any", "spec.keystores.jks.passwordSecretRef.key"),
        ("any", "secrets[0].name"),
        ("any", 'data["a"].b'),
        ("any", ""),
    ],
)
def test_other_places_are_not(kind: str, path: str) -> None:
    assert not is_secret_place(kind, path)
