"""Secret-like values are put together at run time, so that no scanner stumbles over this file."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable
from io import StringIO

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kvlint.evaluate.values import Step
from kvlint.findings import Finding, Level, Related
from kvlint.redact import MASK, Redactor, redact_text
from kvlint.report.json import write_json
from kvlint.report.sarif import write_sarif
from kvlint.report.text import write_text
from kvlint.result import RunResult, Unresolved
from kvlint.secrets import MAX_LENGTH, SHAPES, decoded, is_placeholder, is_random, looks_secret, secret_name
from kvlint.source import Source, Span
from reporting import LITERAL, at

DIGITS = "0123456789abcdef"


def shown(source: Source, number: int, secret: Span | None = None) -> str:
    """A line as a report shows it."""
    return Redactor([source]).line(source, number, secret).text


def noise(length: int, alphabet: str = "k7Rq2Zx9LmW4vTb8NcY3Hs6JdF5gPa1E") -> str:
    """Characters that repeat no short pattern and count nowhere."""
    return "".join(alphabet[(place * place * 7 + place * 3) % len(alphabet)] for place in range(length))


LOWER = "abdcfehgjilknm27"

#: One for every row of the shapes, by what the message calls it.
SECRETS: list[tuple[str, str]] = [
    ("an Azure Storage account key", noise(76) + "+ASt" + noise(5) + "A=" + "="),
    ("an Azure Cosmos DB key", noise(76) + "AC" + "Db" + noise(5) + "A=" + "="),
    ("an Azure Batch key", noise(76) + "+A" + "Ba" + noise(5) + "A=" + "="),
    ("an Azure API Management key", noise(76) + "AP" + "IM" + noise(5) + "A=" + "="),
    ("an Azure Machine Learning key", noise(76) + "+A" + "MC" + noise(5) + "A=" + "="),
    ("an Azure account key", "AccountName=x;Account" + "Key=" + noise(86) + "=="),
    *(
        ("an Azure shared access key", noise(33) + mark + "B" + noise(5) + "=")
        for mark in ("+A" + "Sb", "+A" + "Eh", "+A" + "Rm", "AI" + "oT", "Az" + "Ca", "AZ" + "EG")
    ),
    ("an Azure shared access key", "Endpoint=sb://x/;SharedAccess" + "Key=" + noise(43) + "="),
    ("an Azure Container Registry password", noise(42) + "+A" + "CRA" + noise(5)),
    ("an Azure AI Search key", noise(42) + "Az" + "SeA" + noise(5)),
    ("an Azure Functions key", noise(44) + "Az" + "Fu" + noise(5) + "A=" + "="),
    ("an Azure service key", noise(52) + "JQ" + "QJ99" + "AA" + noise(16) + "A" + noise(7)),
    ("a Microsoft Entra client secret", "abc8" + "Q~" + noise(34)),
    ("a shared access signature", "https://x/?sv=2022&si" + "g=" + noise(43) + "%3D"),
    ("an Azure DevOps personal access token", "AZURE_DEVOPS_EXT_PAT=" + noise(52, LOWER)),
    ("a Redis password", "x.redis.cache.windows.net:6380,pass" + "word=" + noise(12) + ",ssl=True"),
    ("a connection string with a password", "Server=x;Uid=y;P" + "wd=" + noise(12)),
    ("a URL with a password", "postgres://user:" + noise(12) + "@host/db"),
    ("a PFX certificate with its key", "MI" + "IJ" + "aQ" + "IBA" + "zCC" + noise(40)),
    ("a Databricks token", "da" + "pi" + noise(32, DIGITS)),
    ("a 64-byte key", "primary_access_key: " + noise(86) + "=="),
    ("an API key", "apiKey: " + noise(32, DIGITS)),
    ("a private key", "-----BEGIN RSA PRIVATE" + " KEY-----"),
    *(("a GitHub token", f"gh{letter}_" + noise(36)) for letter in "pousr"),
    ("a GitHub token", "github" + "_pat_" + noise(82)),
    ("a GitLab token", "glp" + "at-" + noise(20)),
    ("a Slack token", "xo" + "xb-" + noise(20)),
    ("a Slack webhook", "https://hooks.slack" + ".com/services/" + noise(44)),
    ("an AWS access key id", "AK" + "IA" + noise(16, "QRSTUVWXYZ234567")),
    ("a Google API key", "AI" + "za" + noise(35)),
    ("a Google service account key", '{"type": "service' + '_account", "private_key": "x"}'),
    ("a JSON Web Token", "ey" + noise(20) + ".ey" + noise(30) + "." + noise(20)),
    ("an OpenAI key", "sk-proj-" + noise(20) + "T3Blbk" + "FJ" + noise(20)),
    ("an Anthropic key", "sk-ant-" + "api03-" + noise(93) + "AA"),
    ("an npm token", "npm" + "_" + noise(36)),
    ("a PyPI token", "pypi-" + "AgEIcHlwaS5vcmc" + noise(60)),
    ("a NuGet key", "oy" + "2" + noise(43, LOWER)),
    ("a SendGrid key", "SG" + "." + noise(66)),
    ("a Stripe key", "sk" + "_live_" + noise(24)),
    ("a Twilio key", "S" + "K" + noise(32, DIGITS)),
    ("a Hugging Face token", "h" + "f_" + noise(34, "abcdefghijklmnopqrstuvwxyzABCDEF")),
    ("a Vault token", "hv" + "s." + noise(95)),
    ("a Terraform Cloud token", noise(14) + ".atlas" + "v1." + noise(62)),
    ("a DigitalOcean token", "do" + "p_v1_" + noise(64, DIGITS)),
    ("a Grafana token", "gl" + "sa_" + noise(40)),
    ("a Postman key", "PM" + "AK-" + noise(24, DIGITS) + "-" + noise(34, DIGITS)),
    ("a Pulumi token", "pu" + "l-" + noise(40, DIGITS)),
    ("an age private key", "AGE-SECRET" + "-KEY-1" + noise(58, "ABCDEFGHJKLMNPQRSTUVWXYZ23456789")),
    (
        "a Teams webhook",
        "/".join(
            (
                "https://x.webhook.office" + ".com",
                "webhookb2",
                noise(36, LOWER) + "@" + noise(36, LOWER),
                "IncomingWebhook",
                noise(32, LOWER),
                noise(36, LOWER),
            )
        ),
    ),
]


@pytest.mark.parametrize(("kind", "text"), SECRETS, ids=lambda part: part[:24])
def test_known_shapes_are_found_and_masked(kind: str, text: str) -> None:
    assert looks_secret(text) == kind
    assert looks_secret(f'  value = "{text}" # why') is not None
    masked = redact_text(f"x {text} y")
    assert MASK in masked
    assert (masked.startswith("x "), masked.endswith(" y")) == (True, True)


def test_every_shape_is_tested() -> None:
    assert {kind for kind, _ in SECRETS} == {shape.name for shape in SHAPES}


def test_shapes_that_need_a_name() -> None:
    assert looks_secret(noise(86) + "==") is None
    assert looks_secret(noise(86) + "==", "primaryAccessKey") == "a 64-byte key"
    assert looks_secret(noise(32, DIGITS), "subscription_key") == "an API key"
    assert looks_secret(noise(52, LOWER), "pat") == "an Azure DevOps personal access token"
    assert looks_secret(noise(52, LOWER), "patch") is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "plain text",
        "AKIA" + "IOSFODNN7" + "EXAMPLE",
        "Server=x;Password=${var.password};Uid=y",
        "Server=x;Password=changeme;Uid=y",
        "postgres://user:<password>@host",
        "https://kv.vault.azure.net/secrets/db",
        "https://example.com:8080/x@y",
        "AccountKey=" + "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/"
        "K1SZFPTOtr/KBHBeksoGMGw==",
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4ifQ." + "a" * 20,
        "AK" + "IA" + "A" * 16 + "EXAMPLE",
    ],
)
def test_public_and_placeholder_credentials_are_no_secrets(text: str) -> None:
    assert looks_secret(text) is None
    assert redact_text(text) == text


@pytest.mark.parametrize(
    "text",
    [
        *("", "  ", "$(PASSWORD)", "${var.x}", "a-${x}-b", "$PASSWORD", "%PASSWORD%", "{{ .Values.x }}"),
        *("<password>", "<your password>", "#{Password}#", "__DB_PASSWORD__", "[parameters('x')]"),
        *(
            "[variables('x')]",
            "$[x]",
            "@{x}",
            "$(System.AccessToken)",
            "((name))",
            "!Ref Secret",
            "ENC[AES,x]",
        ),
        *("AgA" + noise(200), "$ANSIBLE_VAULT;1.1;AES256", "@Microsoft.KeyVault(SecretUri=x)"),
        *(
            "@Microsoft.AppConfiguration(x)",
            "secretref:db",
            "keyvaultref:x",
            "identityref:x",
            "ref+vault://x",
        ),
        *("vault:secret/x", "x@azurekeyvault", "projects/p/secrets/s/versions/1", "arn:aws:secretsmanager:x"),
        *("https://kv.vault.azure.net/secrets/x", "/subscriptions/0/resourceGroups/x", "var.x", "local.x"),
        *("data.azurerm_key_vault.kv.id", "module.a.b", "each.value", "random_password.p.result"),
        *(
            "random_string.p.result",
            "tls_private_key.k.private_key_pem",
            "azurerm_redis_cache.r.primary_access_key",
        ),
        *("ephemeral.random_password.p.result", 'nonsensitive("x")', 'file("key.pem")', "filebase64(x)"),
        *("changeme", "Change-Me!", "change_me", "replace-me", "REPLACEME", "placeholder", "example.com"),
        *("sample", "dummy-value", "TODO", "tbd", "FIXME", "redacted", "removed", "hidden", "secret-here"),
        *("your-password", "your_password", "my-secret", "xxxx", "****", "...", "none", "null", "n/a"),
        *(
            "undefined",
            "not-set",
            "unset",
            "default",
            "insert",
            "put-your-key-here",
            "foo",
            "foo-bar",
            "test",
        ),
        *("test123", "aaaaaaaa", "1234567890", "abcdefgh", "00000000-0000-0000-0000-000000000000"),
        *("8f14e45f-ceea-467f-a0e6-1b2c3d4e5f60", "UseDevelopmentStorage=true"),
        (
            "DefaultEndpointsProtocol=http;AccountKey="
            "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq"
        ),
        "InstrumentationKey=8f14e45f-ceea-467f-a0e6-1b2c3d4e5f60;IngestionEndpoint=https://x",
        *(
            "-----BEGIN CERTIFICATE-----\nMIIB",
            "-----BEGIN PUBLIC KEY-----\nx",
            "ssh-rsa AAAAB3 me",
            "ssh-ed25519 AAA x",
        ),
        *("sha256:" + noise(64, DIGITS), noise(40, DIGITS), "data:image/png;base64,iVBOR", "iVBORw0KGgoAAAA"),
        "Server=x;Authentication=Active Directory Managed Identity;Database=y",
        *("AccountEndpoint=https://x.documents.azure.com:443/", "Endpoint=sb://x.servicebus.windows.net/"),
    ],
)
def test_placeholders(text: str) -> None:
    assert is_placeholder(text)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "Tr0ub4dor&3",
            "Pa$$w0rd!",
            "hunter2-B4rcelona",
            "testament9Q!",
            "P@ss%w0rd%1",
            "barF00d!",
            "98127364",
        ),
        "Server=x;Authentication=Active Directory Password;Pass" + "word=Tr0ub4dor",
        "Endpoint=sb://x/;SharedAccess" + "Key=" + noise(43) + "=",
        "AccountEndpoint=https://x/;Account" + "Key=" + noise(86) + "==",
    ],
)
def test_real_values_are_no_placeholders(text: str) -> None:
    assert not is_placeholder(text)


def test_values_of_kubernetes_secrets_are_judged_decoded() -> None:
    assert is_placeholder(decoded(base64.b64encode(b"changeme").decode()))
    assert decoded("not base64!") == "not base64!"
    assert decoded("/w==") == "/w=="


@pytest.mark.parametrize(
    "name",
    [
        *("password", "db_password", "dbPassword", "DB-PASSWORD", "passwd", "adminPwd", "client_secret"),
        *("clientSecret", "token", "GITHUB_TOKEN", "apiKey", "api_key", "access-key", "accountKey"),
        *(
            "ConnectionStrings__Default",
            "connection_string",
            "privateKey",
            "sas",
            "blob_sas",
            "sasToken",
            "secrets",
        ),
    ],
)
def test_names_that_say_secret(name: str) -> None:
    assert secret_name(name)


@pytest.mark.parametrize(
    "name",
    [
        *(
            "username",
            "secret_name",
            "secretName",
            "secret_id",
            "clientSecretId",
            "passwordSecretRef",
            "token_uri",
        ),
        *(
            "tokenUrl",
            "secret_path",
            "password_file",
            "secretVersion",
            "secret_permissions",
            "passwordSetting",
        ),
        *(
            "clientSecretSettingName",
            "password_policy",
            "password_length",
            "token_enabled",
            "secret_rotation",
        ),
        *(
            "secret_type",
            "token_expiry",
            "token_expiration",
            "secret_key_vault",
            "secretKeyvault",
            "access_key_public",
        ),
        *("password_hash", "secret_arn", "token_label", "token_header", "token_endpoint", "token_issuer"),
        *("token_interval", "token_size", "token_min", "max_tokens", "key_vault_secret", "use_token"),
        *("disable_password_authentication", "enable_token", "disaster", "tokenizer", "image", "key"),
    ],
)
def test_names_that_do_not(name: str) -> None:
    assert not secret_name(name)


def test_randomness() -> None:
    assert is_random("Tr0ub4dor&3")
    assert not is_random("aaaabbbbcccc")
    assert not is_random("aB3$xy")


@pytest.mark.parametrize(
    "text",
    [
        "ey" * 40_000,
        "a:" * 40_000,
        "://" * 30_000,
        "sk-" * 30_000,
        "password = " * 9_000 + "server=",
        "A" * 90_000,
        "-" * 90_000,
    ],
    ids=lambda text: text[:8],
)
@pytest.mark.parametrize("judge", [looks_secret, is_placeholder, redact_text, secret_name])
def test_hostile_texts_take_no_time(text: str, judge: Callable[[str], object]) -> None:
    start = time.process_time()
    judge(text)
    assert time.process_time() - start < 5


# Lines ------------------------------------------------------------------------------------------


def test_masks_have_one_width_and_columns_follow() -> None:
    source = Source("a.tf", 'a = "one" + "another" # end\nb')
    for part in ('"one"', '"another"'):
        span = at(source, part)
        source.secrets.add((span.start, span.end))
    line = Redactor([source]).line(source, 1)
    assert line.text == 'a = "***" + "***" # end'
    span = at(source, '"another"')
    start, end = line.shown(span.start, span.end)
    assert line.text[start:end] == '"***"'
    start, end = line.shown(at(source, "end").start, at(source, "end").end)
    assert line.text[start:end] == "end"
    assert line.shown(6, 7) == (5, 8)
    assert shown(source, 2) == "b"
    assert shown(source, 9) == ""


def test_a_secret_over_several_lines() -> None:
    source = Source("a.tf", "k = <<E\nline one\nline two\nE\n")
    source.secrets.add((at(source, "line one").start, at(source, "line two").end))
    assert [shown(source, number) for number in range(1, 5)] == [
        "k = <<E",
        MASK,
        MASK,
        "E",
    ]


def test_the_range_of_a_secret_finding_is_masked() -> None:
    source = Source("a.yaml", 'password: "Tr0ub4dor"\nlist: [Tr0ub4dor2]\n')
    assert shown(source, 1, at(source, '"Tr0ub4dor"')) == 'password: "***"'
    assert shown(source, 1, at(source, "password")) == "password: ***"
    assert shown(source, 2, at(source, "Tr0ub4dor2")) == "list: [***]"
    source = Source("a.tf", 'password = var.x ? "Tr0ub4dor" : "other"')
    assert shown(source, 1, at(source, '"Tr0ub4dor"')) == 'password = var.x ? "***" : ***'


def test_a_copy_of_a_registered_secret_is_masked() -> None:
    source = Source("a.tf", 'a = "Tr0ub4dor&3x"\n# was "Tr0ub4dor&3x"')
    source.secrets.add((4, 18))
    assert shown(source, 2) == '# was "***"'


def test_the_end_of_a_huge_line_is_not_shown() -> None:
    source = Source("a.tf", "x " * MAX_LENGTH + "ghp_" + noise(36))
    assert shown(source, 1).endswith("x ***")
    assert redact_text(source.text).endswith("x ***")


def test_registered_secrets_are_masked_in_prose() -> None:
    source = Source("a.tf", '"Tr0ub4dor&3" "db-name" "aaaa1111"')
    for part in source.text.split():
        source.secrets.add((at(source, part).start, at(source, part).end))
    assert Redactor([source])("it is Tr0ub4dor&3 of aaaa1111") == "it is *** of aaaa1111"


#: The beginning keeps them apart from every word that the reports themselves use.
TOKENS = st.text(
    st.sampled_from("ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789+/!#"), min_size=10, max_size=60
).map(lambda text: "7#" + text)


@settings(max_examples=100, deadline=None)
@given(TOKENS)
def test_no_report_holds_a_secret(token: str) -> None:
    assume(is_random(token) and not is_placeholder(token))
    text = f'resource "x" "y" {{\n\tpassword = "{token}" # 日本\n  other = <<E\n{token}\nE\n}}\n'
    source = Source("main.tf", text)
    literal = Span(source, text.index('"' + token), text.index('"' + token) + len(token) + 2)
    heredoc = Span(source, text.rindex(token), text.rindex(token) + len(token))
    source.secrets |= {(literal.start, literal.end), (heredoc.start, heredoc.end)}
    careless = f"value {token} is a secret"
    finding = Finding(
        LITERAL,
        literal,
        careless,
        careless,
        Level.ERROR,
        careless,
        [Related(heredoc, careless), Related(at(source, "password ="), careless)],
        (Step(heredoc, careless),),
        careless,
        careless,
        [careless],
    )
    result = RunResult([LITERAL], [finding], [finding], unresolved=[Unresolved(literal, careless, careless)])
    streams = [StringIO(), StringIO(), StringIO()]
    write_text(result, streams[0], color=True, width=80, show_unresolved=True)
    write_json(result, streams[1])
    write_sarif(result, streams[2], documentation=lambda info: info.summary, root_uri="file:///")
    for stream in streams:
        assert token not in stream.getvalue()
        assert MASK in stream.getvalue()
