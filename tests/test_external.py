"""``[external]`` of ``kvlint.toml``: what it makes known, and what it leaves open."""

from __future__ import annotations

from pathlib import Path

import pytest

from kvlint import cli
from kvlint.configuration import read_configuration
from kvlint.discover import discover
from kvlint.engine import analyse
from kvlint.evaluate.values import Choice, PartialText, Scalar, Unknown, Value
from kvlint.graph.access import Proof
from kvlint.graph.entities import PermissionModel
from kvlint.graph.facts import Facts
from kvlint.graph.graph import Graph
from kvlint.graph.matching import fits_pattern
from kvlint.linking import link
from kvlint.parsing import parse
from kvlint.result import RunResult
from terraform_trees import write_files

ID = "11111111-1111-1111-1111-111111111111"
OTHER_ID = "22222222-2222-2222-2222-222222222222"
UNKNOWN = Unknown("a variable without a value")

IDENTITY = """
resource "azurerm_user_assigned_identity" "api" {
  name                = "id-api"
  resource_group_name = "rg-shop"
  location            = "westeurope"
}
"""
VAULT = """
resource "azurerm_key_vault" "shop" {
  name                       = "kv-shop"
  resource_group_name        = "rg-shop"
  location                   = "westeurope"
  tenant_id                  = "00000000-0000-0000-0000-000000000000"
  sku_name                   = "standard"
  rbac_authorization_enabled = true
}
"""
#: It reads ``kv-shop`` as whatever its annotation says, in words of the file alone.
PROVIDER_CLASS = f"""
apiVersion: secrets-store.csi.x-k8s.io/v1
kind: SecretProviderClass
metadata:
  name: api
  namespace: shop
spec:
  provider: azure
  parameters:
    clientID: {ID}
    keyvaultName: kv-shop
    tenantId: 00000000-0000-0000-0000-000000000000
    objects: |
      array:
        - |
          objectName: db-password
          objectType: secret
"""


def app(identity: str = "azurerm_user_assigned_identity.api.id", vault: str = "kv-shop") -> str:
    """A Container App that reads a vault as a user-assigned identity."""
    return f"""
resource "azurerm_container_app" "api" {{
  name                         = "api"
  resource_group_name          = "rg-shop"
  container_app_environment_id = "environment"
  revision_mode                = "Single"
  identity {{
    type         = "UserAssigned"
    identity_ids = [{identity}]
  }}
  secret {{
    name                = "db-password"
    key_vault_secret_id = "https://{vault}.vault.azure.net/secrets/db-password"
    identity            = {identity}
  }}
}}
"""


def grant(identity: str, vault: str = "kv-shop", how: str = 'role = "Key Vault Secrets User"') -> str:
    return f'[[external.grant]]\nidentity = "{identity}"\nvault = "{vault}"\n{how}\n'


def declared(toml: str, files: dict[str, str], folder: Path) -> Facts:
    """The facts of some files beside what a configuration declares."""
    write_files({**files, "kvlint.toml": toml}, folder)
    external = read_configuration(folder).external
    return link(parse(discover([folder], folder)), folder, external=external)[0]


def proof(toml: str, text: str, folder: Path) -> Proof:
    """How the one question for access of a file ends."""
    name = "main.tf" if "resource" in text else "main.yaml"
    facts = declared(toml, {name: text}, folder)
    (read,) = facts.vault_reads
    return Graph(facts).access.answer(read).proof


def run(toml: str, text: str, folder: Path) -> RunResult:
    write_files({"main.tf": text, "kvlint.toml": toml}, folder)
    external = read_configuration(folder).external
    return analyse([folder], folder, external=external, select=lambda check: check.startswith("KV2"))


# Patterns ---------------------------------------------------------------------------------------


def partial(*parts: str | None) -> Value:
    return PartialText(tuple(UNKNOWN if part is None else Scalar(part) for part in parts))


@pytest.mark.parametrize(
    ("pattern", "value", "answer"),
    [
        ("kv-shop", Scalar("KV-Shop"), True),
        ("kv-shop", Scalar("kv-shops"), False),
        ("kv-*", Scalar("kv-shop"), True),
        ("kv-*", Scalar("kv-"), True),
        ("*-prod", Scalar("kv-test"), False),
        ("kv-*-*d", Scalar("kv-a-prod"), True),
        ("*", UNKNOWN, True),
        ("*", None, None),
        ("kv-shop", UNKNOWN, None),
        ("kv-*", UNKNOWN, None),
        ("kv-*", partial("kv-shop-", None), True),
        ("kv-*-prod", partial("kv-", None, "-prod"), True),
        ("kv-*-prod", partial("kv-", None), None),
        ("kv-shop-prod", partial("kv-shop-", None), None),
        ("kv-shop-prod", partial("kv-api-", None), False),
        ("id-*", partial("kv-", None), False),
        ("kv-*x*", partial("kv-", None), None),
        ("a?c", Scalar("abc"), False),
        ("kv-*", Choice((Scalar("kv-a"), Scalar("kv-b"))), True),
        ("kv-a", Choice((Scalar("kv-a"), Scalar("kv-b"))), None),
    ],
)
def test_patterns(pattern: str, value: Value | None, answer: bool | None) -> None:
    assert fits_pattern(pattern, value) is answer


# Grants -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("toml", "answer"),
    [
        ("", Proof.NO_GRANT),
        (grant("id-api"), Proof.GRANTED),
        (grant("ID-API", "KV-SHOP"), Proof.GRANTED),
        (grant("id-*", "kv-*"), Proof.GRANTED),
        (grant("id-api", "*"), Proof.GRANTED),
        (grant("*"), Proof.GRANTED),
        (grant("id-web"), Proof.NO_GRANT),
        (grant("id-api", "kv-web"), Proof.NO_GRANT),
        (grant("app:api"), Proof.NO_GRANT),
        (grant("id-api", how='role = "key vault administrator"'), Proof.GRANTED),
        (grant("id-api", how='role = "4633458b-17de-408a-b874-0445c86b69e6"'), Proof.GRANTED),
        (grant("id-api", how='role = "Key Vault Reader"'), Proof.WRONG_ROLE),
        (grant("id-api", how='role = "Storage Blob Data Reader"'), Proof.NO_GRANT),
        (grant("id-api", how='role = "Shop Reader"'), Proof.UNKNOWN),
        (grant("id-api", how='secret-permissions = ["Get"]'), Proof.NO_GRANT),
        (grant(ID), Proof.UNKNOWN),
        (f'{grant(ID)}[[external.identity]]\nname = "id-api"\nclient-id = "{ID}"\n', Proof.GRANTED),
        (f'{grant(ID)}[[external.identity]]\nname = "id-api"\nprincipal-id = "{ID}"\n', Proof.GRANTED),
        (f'{grant(ID)}[[external.identity]]\nname = "id-web"\nclient-id = "{ID}"\n', Proof.NO_GRANT),
    ],
)
def test_grants(toml: str, answer: Proof, tmp_path: Path) -> None:
    assert proof(toml, IDENTITY + VAULT + app(), tmp_path) is answer


@pytest.mark.parametrize(
    ("how", "answer"),
    [
        ('secret-permissions = ["List", "get"]', Proof.GRANTED),
        ('secret-permissions = ["List"]', Proof.WRONG_ROLE),
        ('key-permissions = ["Get"]', Proof.WRONG_ROLE),
        ('role = "Key Vault Secrets User"', Proof.NO_GRANT),
    ],
)
def test_access_policies(how: str, answer: Proof, tmp_path: Path) -> None:
    policies = VAULT.replace("= true", "= false")
    found = proof(grant("id-api", how=how), IDENTITY + policies + app(), tmp_path)
    assert found is answer or (answer is Proof.WRONG_ROLE and found is Proof.NO_GRANT)


def test_a_custom_role_of_the_set_is_known(tmp_path: Path) -> None:
    role = """
resource "azurerm_role_definition" "reader" {
  name  = "Shop Reader"
  scope = "/subscriptions/00000000-0000-0000-0000-000000000000"
  permissions {
    data_actions = ["Microsoft.KeyVault/vaults/secrets/getSecret/action"]
  }
}
"""
    toml = grant("id-api", how='role = "Shop Reader"')
    assert proof(toml, IDENTITY + VAULT + role + app(), tmp_path) is Proof.GRANTED


def test_a_vault_that_nobody_else_knows(tmp_path: Path) -> None:
    """The grant makes it known, but nothing is missing on a vault that others manage."""
    assert proof("", IDENTITY + app(), tmp_path) is Proof.UNKNOWN
    assert proof(grant("id-api"), IDENTITY + app(), tmp_path) is Proof.GRANTED
    assert proof(grant("id-web"), IDENTITY + app(), tmp_path) is Proof.UNKNOWN


def test_an_identity_that_nobody_else_knows(tmp_path: Path) -> None:
    where = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-shop"
    literal = f'"{where}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-api"'
    known = '[[external.identity]]\nname = "id-api"\nresource-group = "rg-shop"\n'
    text = VAULT + app(literal)
    assert proof(grant("id-api"), text, tmp_path) is Proof.UNKNOWN
    assert proof(known + grant("id-api"), text, tmp_path) is Proof.GRANTED
    assert proof(known.replace("rg-shop", "rg-web") + grant("id-api"), text, tmp_path) is Proof.UNKNOWN


def test_an_identity_that_a_manifest_names_by_its_client_id(tmp_path: Path) -> None:
    known = f'[[external.identity]]\nname = "id-api"\nclient-id = "{ID.upper()}"\n'
    assert proof(grant("id-api"), PROVIDER_CLASS, tmp_path) is Proof.UNKNOWN
    assert proof(known, PROVIDER_CLASS, tmp_path) is Proof.UNKNOWN
    assert proof(known + grant("id-api"), PROVIDER_CLASS, tmp_path) is Proof.GRANTED
    assert proof(known + grant(ID), PROVIDER_CLASS, tmp_path) is Proof.GRANTED


def test_ids_of_an_identity_that_the_set_manages(tmp_path: Path) -> None:
    """Who tells the ids of an identity joins its manifest and its grants by literal ids."""
    known = f'[[external.identity]]\nname = "id-api"\nclient-id = "{ID}"\nprincipal-id = "{OTHER_ID}"\n'
    assignment = """
resource "azurerm_role_assignment" "api" {
  scope                = azurerm_key_vault.shop.id
  role_definition_name = "Key Vault Secrets User"
  principal_id         = "%s"
}
"""

    def answer(toml: str, assigned: str) -> Proof:
        files = {"main.tf": IDENTITY + VAULT + assigned, "main.yaml": PROVIDER_CLASS}
        facts = declared(toml, files, tmp_path)
        (read,) = facts.vault_reads
        return Graph(facts).access.answer(read).proof

    assert answer("", "") is Proof.UNKNOWN
    assert answer(known, "") is Proof.NO_GRANT
    assert answer(known, assignment % OTHER_ID) is Proof.GRANTED
    assert answer(known, assignment % "33333333-3333-3333-3333-333333333333") is Proof.UNKNOWN


def test_the_permission_model_of_a_vault_that_is_looked_up(tmp_path: Path) -> None:
    looked_up = 'data "azurerm_key_vault" "shop" {\n  name = "kv-shop"\n  resource_group_name = "rg"\n}\n'
    toml = '[[external.vault]]\nname = "%s"\npermission-model = "%s"\n'
    for name, model, wanted in (
        ("kv-shop", "rbac", PermissionModel.RBAC),
        ("kv-*", "access-policy", PermissionModel.ACCESS_POLICY),
        ("kv-web", "rbac", None),
    ):
        facts = declared(toml % (name, model), {"main.tf": looked_up}, tmp_path)
        assert facts.vaults[0].permission_model is wanted
    (managed,) = declared(toml % ("kv-shop", "access-policy"), {"main.tf": VAULT}, tmp_path).vaults
    assert managed.permission_model is PermissionModel.RBAC


def test_secrets_stand_where_they_are_written(tmp_path: Path) -> None:
    toml = '[[external.vault]]\nname = "kv-shop"\nsecrets = [\n  "db-password",\n  "queue-*",\n]\n'
    for text in (VAULT, ""):
        facts = declared(toml, {"main.tf": text}, tmp_path)
        first, second = facts.vault_objects
        assert (first.span.text, str(first.span)) == ("db-password", "kvlint.toml:4:4")
        assert isinstance(first.name, Scalar)
        assert isinstance(second.name, PartialText)
        assert len(facts.vaults) == 1
        assert len({first.address, second.address}) == 2


# What is told -----------------------------------------------------------------------------------


def test_a_grant_that_does_not_help_is_shown_beside_the_read(tmp_path: Path) -> None:
    (finding,) = run(
        grant("id-api", how='role = "Key Vault Reader"'), IDENTITY + VAULT + app(), tmp_path
    ).findings
    assert (finding.check.id, finding.span.path) == ("KV204", "main.tf")
    assert finding.related[0].span.path == "kvlint.toml"
    assert finding.related[0].span.text == "Key Vault Reader"


def test_nothing_is_told_of_the_declarations_themselves(tmp_path: Path) -> None:
    """Not even of names that Azure would not take: the file only repeats what there is."""
    toml = (
        '[[external.vault]]\nname = "x"\nsecrets = ["no_name"]\n'
        '[[external.federated-credential]]\nsubject = "nobody"\nissuer = "http://x/"\n'
        + grant("nobody", "nothing")
    )
    write_files({"main.tf": IDENTITY, "kvlint.toml": toml}, tmp_path)
    assert not analyse([tmp_path], tmp_path, external=read_configuration(tmp_path).external).findings


def test_the_command_line_reads_the_configuration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_files({"infra/main.tf": IDENTITY + VAULT + app()}, tmp_path)
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    assert cli.main(["--select", "KV201"]) == cli.FINDINGS
    (tmp_path / "kvlint.toml").write_text(grant("id-api"))
    assert cli.main(["--select", "KV201"]) == cli.CLEAN
    assert cli.main(["--select", "KV201", "--root", "infra"]) == cli.CLEAN
    (tmp_path / "kvlint.toml").write_text(grant("id-api") + 'rôle = "x"\n'.replace("ô", "u"))
    capsys.readouterr()
    assert cli.main([]) == cli.FAILED
    assert capsys.readouterr().err.startswith(f'kvlint: {tmp_path / "kvlint.toml"}:5: unknown key "rule"')
