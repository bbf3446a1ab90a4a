"""Secrets of Bicep and ARM templates: what is reported of them, where, and in which words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from healthy import reports
from kvlint.findings import Finding, Level
from kvlint.graph.adapters.arm_sinks import has_sinks, is_no_key, reads_keys
from kvlint.graph.adapters.literal_texts import (
    is_description,
    is_fragment,
    is_naming,
    is_several_words,
    sink_table,
)
from kvlint.secrets import harmless_name, is_placeholder, secret_name
from scenarios import TESTDATA, run

VALUE = "Wd7-kqRz-41Lm"
OTHER = "Hq3.vT8m.Zr6x"
_SYNTHETIC = re.compile(r"\b[A-Z][a-z]\d[-._]\w{4}[-._]\w{4}\b")
_CHECKS = {"KV302", "KV303", "KV306", "KV307"}

APP = """\
resource app 'Microsoft.App/containerApps@2025-01-01' = {
  name: 'shop'
  location: 'westeurope'
  properties: {
    configuration: {
      secrets: [
        { name: 'entry', value: %s }
      ]
    }
  }
}
"""


def findings(root: Path, files: dict[str, str]) -> list[Finding]:
    """What a tree of these files shows of the checks for literals."""
    for name, text in files.items():
        place = root / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
    return [one for one in run(root).findings if one.check.id in _CHECKS]


def places(found: list[Finding]) -> list[str]:
    return [f"{one.check.id} {one.span} {one.span.text}" for one in found]


# Parameter files --------------------------------------------------------------------------------


def test_a_literal_in_a_parameters_file(tmp_path: Path) -> None:
    files = {
        "main.bicep": "@secure()\nparam access string\n\n" + APP % "access",
        "prod.bicepparam": f"using 'main.bicep'\n\nparam access = '{VALUE}'\n",
    }
    (found,) = findings(tmp_path, files)
    assert places([found]) == [f"KV302 prod.bicepparam:3:16 '{VALUE}'"]
    assert found.message == (
        'The value of parameter "access" is a secret in plain text: it reaches'
        ' app.properties.configuration.secrets.value of "entry".'
    )
    assert [(str(one.span), one.span.text) for one in found.related] == [("main.bicep:10:26", "value")]
    assert found.secret
    assert found.level is Level.ERROR


def test_the_shared_base_of_parameter_files_is_told_once(tmp_path: Path) -> None:
    files = {
        "main.bicep": "@secure()\nparam access string\nparam stage string\n\n" + APP % "'${access}'",
        "base.bicepparam": f"using none\n\nparam access = '{VALUE}'\n",
        "dev.bicepparam": "using 'main.bicep'\nextends 'base.bicepparam'\n\nparam stage = 'dev'\n",
        "prod.bicepparam": "using 'main.bicep'\nextends 'base.bicepparam'\n\nparam stage = 'prod'\n",
    }
    (found,) = findings(tmp_path, files)
    assert places([found]) == [f"KV302 base.bicepparam:3:16 '{VALUE}'"]
    assert len(found.related) == 1


@pytest.mark.parametrize(
    "value",
    [
        "''",
        "'changeme'",
        "'<secret>'",
        "'__TOKEN__'",
        "'#{Token}#'",
        "'GEN-PASSWORD'",
        "'${stage}'",
        "readEnvironmentVariable('ACCESS')",
        "readEnvironmentVariable('ACCESS', '')",
        "az.getSecret('0', 'rg', 'kv', 'access')",
        "'https://kv-shop.vault.azure.net/secrets/access'",
        "'6f1c2b1e-6d0d-4c55-9a58-2f60c53bb0de'",
        "'UseDevelopmentStorage=true'",
    ],
)
def test_what_is_no_literal_secret(tmp_path: Path, value: str) -> None:
    files = {
        "main.bicep": "@secure()\nparam access string\n\n" + APP % "access",
        "prod.bicepparam": f"using 'main.bicep'\n\nvar stage = 'production'\nparam access = {value}\n",
    }
    assert not findings(tmp_path, files)


# Templates --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("declarations", "value", "place"),
    [
        ("", f"'{VALUE}'", "main.bicep:7:33"),
        (f"var access = '{VALUE}'\n", "access", "main.bicep:1:14"),
        (f"var all = {{ one: ['{VALUE}'] }}\n", "all.one[0]", "main.bicep:1:19"),
        (f"param on bool\nvar access = on ? '{VALUE}' : ''\n", "access", "main.bicep:2:19"),
        (f"@secure()\nparam access string = '{VALUE}'\n", "access", "main.bicep:2:23"),
        (f"func given() string => '{VALUE}'\n", "given()", "main.bicep:1:24"),
    ],
)
def test_the_place_is_where_the_literal_is_written(
    tmp_path: Path, declarations: str, value: str, place: str
) -> None:
    (found,) = findings(tmp_path, {"main.bicep": declarations + APP % value})
    assert places([found]) == [f"KV303 {place} '{VALUE}'"]


@pytest.mark.parametrize(
    "value",
    [
        "uniqueString(resourceGroup().id, 'seed-of-the-shop-1')",
        "'${uniqueString(resourceGroup().id)}Aa1!'",
        "guid('a3-shop-seed', resourceGroup().id)",
        "'Endpoint=sb://shop-${uniqueString(resourceGroup().id)}.servicebus.windows.net/;Authentication=Managed'",
        "loadTextContent('secret-of-the-shop-7.txt')",
        "'@Microsoft.KeyVault(SecretUri=https://kv.vault.azure.net/secrets/a)'",
    ],
)
def test_a_computed_value_is_no_literal(tmp_path: Path, value: str) -> None:
    assert not findings(tmp_path, {"main.bicep": APP % value})


def test_a_template_that_many_deployments_reach_is_told_once(tmp_path: Path) -> None:
    module = "@secure()\nparam access string\n\n" + APP % "access"
    call = "module app 'app.bicep' = {\n  name: 'app'\n  params: { access: %s }\n}\n"
    files = {
        "app.bicep": module,
        "dev.bicep": call % f"'{VALUE}'",
        "prod.bicep": "@secure()\nparam given string\n" + call % "given",
    }
    (found,) = findings(tmp_path, files)
    assert places([found]) == [f"KV303 dev.bicep:3:21 '{VALUE}'"]


# Parameters -------------------------------------------------------------------------------------


def test_every_parameter_on_the_way_is_told(tmp_path: Path) -> None:
    files = {
        "main.bicep": "param access string\n\nmodule app 'app.bicep' = {\n  name: 'app'\n"
        "  params: { given: access }\n}\n",
        "app.bicep": "param given string\n\n" + APP % "given",
    }
    found = findings(tmp_path, files)
    assert places(found) == ["KV306 app.bicep:1:7 given", "KV306 main.bicep:1:7 access"]
    assert {one.level for one in found} == {Level.WARNING}
    assert found[1].message == (
        'Parameter "access" takes a secret but is not declared secure: it reaches'
        ' app.app.properties.configuration.secrets.value of "entry".'
    )


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("stg.listKeys().keys[0].value", True),
        ("stg.properties.primaryEndpoints.blob", False),
        ("'databasePassword'", False),
        ("uniqueString(resourceGroup().id)", False),
        ("access", True),
        ("'AccountKey=${stg.listKeys().keys[0].value}'", True),
        ("'https://${stg.name}.contoso.com'", False),
    ],
)
def test_what_a_module_is_given_decides(tmp_path: Path, given: str, wanted: bool) -> None:
    files = {
        "main.bicep": "@secure()\nparam access string\n\n"
        "resource stg 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {\n  name: 'stshop'\n}\n"
        f"module app 'app.bicep' = {{\n  name: 'app'\n  params: {{ given: {given} }}\n}}\n"
        "output set bool = !empty(access)\n",
        "app.bicep": "param given string\n\n" + APP % "given",
    }
    expected = ["KV306 app.bicep:1:7 given"] if wanted else []
    assert places(findings(tmp_path, files)) == expected


# Outputs ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("access", 'Output "shown" shows the secure parameter "access".'),
        ("'x${access}'", 'Output "shown" shows the secure parameter "access".'),
        ("toUpper(access)", 'Output "shown" shows the secure parameter "access".'),
        ("stg.listKeys().keys[0].value", 'Output "shown" shows what stg.listKeys() reads.'),
        ("listKeys(stg.id, '2024-01-01').keys[0].value", 'Output "shown" shows what stg.listKeys() reads.'),
        ("empty(access) ? 'none' : 'some'", None),
        ("stg.listKeys().keys[0].keyName", None),
        ("stg.properties.primaryEndpoints.blob", None),
    ],
)
def test_what_an_output_shows(tmp_path: Path, value: str, message: str | None) -> None:
    text = (
        "@secure()\nparam access string\n\n"
        "resource stg 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {\n  name: 'stshop'\n}\n"
        f"output shown string = {value}\n"
    )
    assert [one.message for one in findings(tmp_path, {"main.bicep": text})] == [message][
        : message is not None
    ]


# Texts and names --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["AZURE-SQL-CONNECTION-STRING", "databasePassword", "/mnt/secrets", "secrets/a7"]
)
def test_names_of_secrets(text: str) -> None:
    assert is_naming(text)


@pytest.mark.parametrize("text", [VALUE, OTHER, "P@ssw0rd123!", "xkqzvbtrw", "Summer2024"])
def test_secrets_are_no_names(text: str) -> None:
    assert not is_naming(text)
    assert not is_several_words(text)
    assert not is_description(text)


@pytest.mark.parametrize(
    "text", ["yourStorageAccountKey", "fakeSecret", "secretValue1", "the password goes here"]
)
def test_descriptions_of_secrets(text: str) -> None:
    assert is_description(text)


@pytest.mark.parametrize("text", [";Password=", "Server=tcp:", ",ssl=True,abortConnect=False", "postgres://"])
def test_fragments(text: str) -> None:
    assert is_fragment(text)


@pytest.mark.parametrize(
    "name", ["db-host", "clientId", "adminUsername", "sshPublicKey", "sql-server", "tenantId"]
)
def test_harmless_names(name: str) -> None:
    assert harmless_name(name)


@pytest.mark.parametrize("name", ["db", "access", "dbPassword", "connectionString", "apiKey", "server"])
def test_names_that_may_be_of_secrets(name: str) -> None:
    assert not harmless_name(name)


def test_tokens_that_are_no_secrets() -> None:
    assert not any(map(secret_name, ("resourceToken", "maxTokens", "AZURE_OPENAI_MAX_TOKENS")))
    assert secret_name("accessToken")
    assert is_placeholder("pasGEN-PASSWORDsword")


# The table --------------------------------------------------------------------------------------


def test_the_table_of_secret_properties() -> None:
    table = sink_table("arm_secret_arguments.tsv")
    assert ("properties", "configuration", "secrets", "value") in table["microsoft.app/containerapps"]
    assert ("properties", "value") in table["microsoft.keyvault/vaults/secrets"]
    assert ("properties", "administratorLoginPassword") in table["microsoft.sql/servers"]
    assert ("properties", "osProfile", "adminPassword") in table["microsoft.compute/virtualmachines"]
    assert ("properties", "servicePrincipalProfile", "secret") in table[
        "microsoft.containerservice/managedclusters"
    ]
    assert all(name == name.lower() for name in table)
    assert has_sinks("Microsoft.KeyVault/vaults/secrets")
    assert not has_sinks("Microsoft.KeyVault/vaults")


def test_functions_that_read_keys() -> None:
    assert all(map(reads_keys, ("listKeys", "listCredentials", "ListAdminKeys")))
    assert not any(map(reads_keys, ("list", "length", "reference")))
    assert is_no_key("keyName")
    assert not is_no_key("value")


# Reports ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "folder",
    [
        pytest.param(folder, id=folder.relative_to(TESTDATA).as_posix())
        for check in sorted(_CHECKS)
        for folder in sorted(TESTDATA.glob(f"{check}/*/*"))
    ],
)
def test_no_report_shows_a_secret(folder: Path) -> None:
    texts = [file.read_text(encoding="utf-8") for file in folder.rglob("*") if file.is_file()]
    secrets = {secret for text in texts for secret in _SYNTHETIC.findall(text)}
    result = run(folder)
    assert secrets or folder.parent.name == "good" or folder.parent.parent.name in ("KV306", "KV307")
    shown = reports(result)
    assert not {secret for secret in secrets if secret in shown}
