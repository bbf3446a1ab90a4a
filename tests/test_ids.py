"""Functions on the ids of resources: what still names the same resource, and what stands in an id."""

from __future__ import annotations

from pathlib import Path

import pytest

import terraform_trees
from arm_expressions import value_of as bicep_value
from kvlint.evaluate.interpret import evaluate
from kvlint.evaluate.operators import equal
from kvlint.evaluate.terraform.module import ModuleInstance
from kvlint.evaluate.values import Choice, ListValue, PartialText, Scalar, Symbol, Unknown, Value
from kvlint.source import Source
from kvlint.syntax.hcl import read_expression

TREE = """
variable "open" {
  type = string
}

variable "either" {
  type = bool
}

resource "random_id" "suffix" {
  byte_length = 4
}

resource "azurerm_resource_group" "shop" {
  name     = "rg-shop"
  location = "westeurope"
}

resource "azurerm_key_vault" "kv" {
  name                = "kv-shop"
  resource_group_name = azurerm_resource_group.shop.name
}

resource "azurerm_key_vault" "either" {
  name                = var.either ? "kv-a" : "kv-b"
  resource_group_name = "rg-shop"
}

resource "azurerm_key_vault" "odd" {
  name                = substr("kv-${var.open}", 0, 24)
  resource_group_name = "rg-shop"
}

resource "azurerm_key_vault_secret" "db" {
  name         = "db"
  key_vault_id = azurerm_key_vault.kv.id
}

resource "azapi_resource" "site" {
  type      = "Microsoft.Web/sites@2024-04-01"
  name      = "app"
  parent_id = azurerm_resource_group.shop.id
}

resource "azapi_resource" "slot" {
  type      = "Microsoft.Web/sites/slots@2024-04-01"
  name      = "next"
  parent_id = azapi_resource.site.id
}

resource "azapi_resource" "lost" {
  type      = "Microsoft.Web/sites@2024-04-01"
  name      = "app"
  parent_id = var.open
}
"""
KV = "azurerm_key_vault.kv.id"
ID = ("azurerm_key_vault.kv", "id")


@pytest.fixture(scope="module")
def module(tmp_path_factory: pytest.TempPathFactory) -> ModuleInstance:
    folder = tmp_path_factory.mktemp("ids")
    (folder / "main.tf").write_text(TREE, "utf-8")
    return _root(folder)


def _root(folder: Path) -> ModuleInstance:
    found, library, _ = terraform_trees.deployments(folder)
    return terraform_trees.root_module(found[0], library)


def value_of(text: str, module: ModuleInstance) -> Value:
    tree, problems = read_expression(Source("main.tf", text))
    assert not problems
    return evaluate(tree, module)


def shown(value: Value) -> object:
    match value:
        case Scalar(data=data):
            return data
        case Symbol(key=(address, path)):
            return (address.rpartition("|")[2], *path)
        case PartialText(parts=parts):
            return [shown(part) for part in parts]
        case Choice(options=options):
            return {shown(option) for option in options}
        case Unknown(failed=failed):
            return "wrong" if failed else None
    raise AssertionError(value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"lower({KV})", ID),
        (f"upper(lower({KV}))", ID),
        (f"trimspace(chomp({KV}))", ID),
        (f'trimsuffix({KV}, "/")', ID),
        (f'replace({KV}, "resourceGroups", "resourcegroups")', ID),
        (f"provider::azurerm::normalise_resource_id({KV})", ID),
        (f'lower("${{{KV}}}/SECRETS/db")', [ID, "/secrets/db"]),
        # These make another text of it, or nobody can tell.
        (f'trimsuffix({KV}, "p")', None),
        (f'trimsuffix("${{{KV}}}/", "/")', None),
        (f'replace({KV}, "shop", "store")', None),
        (f'replace({KV}, "", "/")', None),
        (f'replace({KV}, "/resourceGroups/", "/resourcegroups/")', None),  # a pattern
        ("lower(random_id.suffix.id)", None),  # two such ids may differ in case only
        ("lower(azurerm_key_vault.kv.vault_uri)", None),
        (f'lower({KV}, "x")', "wrong"),
        # What it begins with
        (f"substr({KV}, 0, 1)", "/"),
        (f"substr({KV}, 0, 40)", None),
        (f'startswith({KV}, "/subscriptions/")', True),
        (f'startswith({KV}, "subscriptions/")', False),
        (f'startswith({KV}, "/subscriptions/0")', None),
        ('startswith(azurerm_key_vault.either.id, "/")', True),
        # What stands in it
        (f'split("/", {KV})[8]', "kv-shop"),
        (f'split("/", {KV})[4]', "rg-shop"),
        (f'split("/", {KV})[2]', None),
        (f'split("/", {KV})[9]', "wrong"),
        (f'element(split("/", {KV}), length(split("/", {KV})) - 1)', "kv-shop"),
        (f'reverse(split("/", "${{{KV}}}/secrets/db"))[0]', "db"),
        (f"basename({KV})", "kv-shop"),
        ("basename(azurerm_resource_group.shop.id)", "rg-shop"),
        ("basename(azurerm_key_vault.either.id)", {"kv-a", "kv-b"}),
        ("basename(azapi_resource.slot.id)", "next"),
        ('split("/", azapi_resource.slot.id)[8]', "app"),
        ('split("/", azapi_resource.slot.id)[4]', "rg-shop"),
        ("basename(azapi_resource.lost.id)", None),
        ("basename(azurerm_key_vault_secret.db.id)", None),  # the version
        (f"basename(upper({KV}))", None),
        ('split("/", "a/b-${var.open}/c")[0]', "a"),
        ('split("/", "a/b-${var.open}/c")[2]', None),
        (f"provider::azurerm::parse_resource_id({KV}).resource_name", "kv-shop"),
        (f'provider::azurerm::parse_resource_id({KV})["resource_group_name"]', "rg-shop"),
        (f"provider::azurerm::parse_resource_id({KV}).resource_provider", "Microsoft.KeyVault"),
        (f"provider::azurerm::parse_resource_id({KV}).parent_resources", None),
        (f'provider::azapi::parse_resource_id("Microsoft.KeyVault/vaults", {KV}).name', "kv-shop"),
        ("provider::azurerm::parse_resource_id(azurerm_resource_group.shop.id).resource_name", None),
        ("provider::azurerm::parse_resource_id(var.open).resource_name", None),
        ('provider::azurerm::parse_resource_id("/subscriptions/1/resourceGroups/g").resource_name', None),
        ("provider::azurerm::parse_resource_id()", None),
    ],
)
def test_terraform(text: str, expected: object, module: ModuleInstance) -> None:
    assert shown(value_of(text, module)) == expected


def test_a_name_that_is_not_known_is_that_of_its_resource(module: ModuleInstance) -> None:
    name = value_of("basename(azurerm_key_vault.odd.id)", module)
    assert isinstance(name, Unknown)
    assert name.key is not None
    assert equal(name, value_of("azurerm_key_vault.odd.name", module)) is True


def test_another_spelling_is_another_text(module: ModuleInstance) -> None:
    plain, lower = value_of(KV, module), value_of(f"lower({KV})", module)
    assert isinstance(plain, Symbol)
    assert isinstance(lower, Symbol)
    assert plain.key == lower.key
    assert isinstance(equal(plain, lower), Unknown)
    assert equal(lower, value_of(f"lower({KV})", module)) is True
    assert isinstance(equal(lower, value_of(f"upper({KV})", module)), Unknown)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("toLower(kv.id)", ("kv", "id")),
        ("toLower('${kv.id}/Secrets')", [("kv", "id"), "/secrets"]),
        ("trim(kv.id)", ("kv", "id")),
        ("replace(kv.id, 'resourceGroups', 'resourcegroups')", ("kv", "id")),
        ("replace(kv.id, 'kv1', 'kv2')", None),
        ("toLower(kv.properties.vaultUri)", None),
        ("last(split('${kv.id}/secrets/db', '/'))", "db"),
        ("split('${kv.id}/secrets/db', '/')[8]", "kv1"),
        ("uniqueString(toLower(kv.id)) == uniqueString(kv.id)", None),
        ("uniqueString(toLower(kv.id)) == uniqueString(toLower(kv.id))", True),
    ],
)
def test_bicep(text: str, expected: object) -> None:
    assert shown(bicep_value(text)) == expected


def test_what_is_split_keeps_where_it_came_from(module: ModuleInstance) -> None:
    found = value_of(f'split("/", {KV})', module)
    assert isinstance(found, ListValue)
    assert found.rest is None
    place = found.items[8].span
    assert place is not None
    assert place.source.text[place.start : place.end] == '"kv-shop"'
