"""What ARM resources mean: adapters of Bicep, ARM JSON and azapi, and how the graph links them."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from kvlint.discover import discover
from kvlint.engine import analyse
from kvlint.evaluate.resources import Deployment, EvaluatedResource, Language, Mode
from kvlint.evaluate.values import Choice, ListValue, MapValue, PartialText, Scalar, Symbol, Unknown, Value
from kvlint.graph.adapters import arm_parts, tables
from kvlint.graph.adapters.arm_reading import carried_identities, section
from kvlint.graph.adapters.secret_urls import url_defect
from kvlint.graph.entities import AppKind, GrantKind, PermissionModel, ReferenceSite, VaultObjectKind
from kvlint.graph.facts import Facts
from kvlint.graph.identities import Identities
from kvlint.graph.locations import Locator
from kvlint.graph.resource_ids import parse_id, segments
from kvlint.graph.roles import role_of
from kvlint.linking import link
from kvlint.parsing import parse
from kvlint.source import Source, Span
from scenarios import TESTDATA

SPAN = Span(Source("main.bicep", ""), 0, 0)
HERE = Deployment(Language.BICEP, "main.bicep")
GROUP = Unknown("chosen at deployment", key="group")


def value(data: object) -> Value:
    """Plain data as a value; what is a value already stays one."""
    if isinstance(data, Value):
        return data
    if isinstance(data, dict):
        return MapValue({key: value(one) for key, one in data.items()}, span=SPAN)
    if isinstance(data, list):
        return ListValue(tuple(value(one) for one in data), span=SPAN)
    assert data is None or isinstance(data, str | int | bool)
    return Scalar(data, span=SPAN)


def resource(
    kind: str,
    symbol: str,
    config: dict[str, object] | None = None,
    *,
    version: str = "2024-01-01",
    parent: Value | None = None,
    scope: Value | None = None,
    group: Value | None = GROUP,
    existing: bool = False,
    deployment: Deployment = HERE,
) -> EvaluatedResource:
    """A resource of a template, as evaluation hands it on."""
    body = value(config or {})
    assert isinstance(body, MapValue)
    return EvaluatedResource(
        deployment,
        kind,
        symbol,
        f"{deployment.root}|{symbol}",
        SPAN,
        body,
        Mode.LOOKED_UP if existing else Mode.MANAGED,
        api_version=version,
        parent=parent,
        scope=scope,
        resource_group=group,
    )


def facts_of(*resources: EvaluatedResource) -> Facts:
    facts = Facts()
    for one in resources:
        for adapter in tables.ARM[one.type.casefold()]:
            adapter(one, facts)
    return facts


def bicep(folder: Path, text: str, **others: str) -> Facts:
    """The facts of a Bicep file and of modules beside it."""
    for name, content in {"main": text, **others}.items():
        (folder / f"{name}.bicep").write_text(dedent(content), "utf-8")
    return link(parse(discover([folder], folder)), folder)[0]


def text(*parts: Value | str) -> PartialText:
    return PartialText(tuple(Scalar(part) if isinstance(part, str) else part for part in parts))


def vault(name: object = "kv-shop", **arguments: object) -> EvaluatedResource:
    properties = {"enableRbacAuthorization": True} | dict(arguments)
    return resource("Microsoft.KeyVault/vaults", "vault", {"name": name, "properties": properties})


def identity(
    name: object = "id-api", symbol: str = "identity", *, existing: bool = False, group: Value | None = GROUP
) -> EvaluatedResource:
    kind = "Microsoft.ManagedIdentity/userAssignedIdentities"
    return resource(kind, symbol, {"name": name}, existing=existing, group=group)


# --- Resource ids -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "group", "kind", "names"),
    [
        ("/subscriptions/s/resourceGroups/rg", "rg", "", []),
        ("/subscriptions/s", None, "", []),
        (
            "/subscriptions/s/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/kv/secrets/x",
            "rg",
            "microsoft.keyvault/vaults/secrets",
            ["kv", "x"],
        ),
        (
            "/providers/Microsoft.Authorization/roleDefinitions/1",
            None,
            "microsoft.authorization/roledefinitions",
            ["1"],
        ),
    ],
)
def test_ids_are_taken_apart(given: str, group: str | None, kind: str, names: list[str]) -> None:
    found = parse_id(Scalar(given))
    assert found is not None
    assert getattr(found.group, "data", None) == group
    assert found.type == kind
    assert [getattr(name, "data", None) for name in found.names] == names


def test_ids_with_unknown_parts_are_taken_apart() -> None:
    name = Unknown("?", key="name")
    scope = Unknown("?", key="scope")
    found = parse_id(text(scope, "/resourceGroups/", GROUP, "/providers/Microsoft.KeyVault/vaults/kv-", name))
    assert found is not None
    assert found.group is GROUP
    assert found.type == "microsoft.keyvault/vaults"
    assert isinstance(found.name, PartialText)


@pytest.mark.parametrize("given", ["", "kv-shop", "https://kv.vault.azure.net/secrets/x", "/secrets/x"])
def test_other_texts_are_no_ids(given: str) -> None:
    assert parse_id(Scalar(given)) is None


def test_unknown_parts_hold_no_slash() -> None:
    name = Unknown("?")
    assert segments(text("a/", name, "-b/c"))[1].__class__ is PartialText
    assert len(segments(text("a/", name, "-b/c"))) == 3
    assert segments(name) == [name]


# --- Key vaults -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("properties", "version", "model"),
    [
        ({"enableRbacAuthorization": True}, "2023-07-01", PermissionModel.RBAC),
        ({"enableRbacAuthorization": False}, "2026-02-01", PermissionModel.ACCESS_POLICY),
        ({}, "2023-07-01", PermissionModel.ACCESS_POLICY),
        ({}, "2025-12-01-preview", PermissionModel.ACCESS_POLICY),
        ({}, "2026-02-01", PermissionModel.RBAC),
        ({}, "", None),
        ({"createMode": "recover"}, "2023-07-01", None),
        ({"enableRbacAuthorization": Unknown("?")}, "2023-07-01", None),
    ],
)
def test_permission_model(properties: dict[str, object], version: str, model: PermissionModel | None) -> None:
    body: dict[str, object] = {"name": "kv", "properties": properties}
    (found,) = facts_of(resource("Microsoft.KeyVault/vaults", "kv", body, version=version)).vaults
    assert found.permission_model is model


def test_the_model_of_an_existing_vault_is_not_known() -> None:
    body: dict[str, object] = {"name": "kv"}
    (found,) = facts_of(resource("Microsoft.KeyVault/vaults", "kv", body, existing=True)).vaults
    assert found.permission_model is None


def test_policies_inline_and_in_a_resource_of_their_own() -> None:
    policy = {"objectId": "1", "permissions": {"secrets": ["get"]}}
    shop = vault(accessPolicies=[policy])
    parent = Symbol(shop, ())
    added = resource(
        "Microsoft.KeyVault/vaults/accessPolicies",
        "more",
        {"name": "add", "properties": {"accessPolicies": [policy, policy]}},
        parent=parent,
    )
    removed = resource(
        "Microsoft.KeyVault/vaults/accessPolicies",
        "less",
        {"name": "remove", "properties": {"accessPolicies": [policy]}},
        parent=parent,
    )
    facts = facts_of(shop, added, removed)
    assert [grant.kind for grant in facts.grants] == [GrantKind.POLICY] * 3
    assert len({grant.address for grant in facts.grants}) == 3
    locator = Locator(facts)
    assert all(locator.vault_at_scope(grant.scope, HERE) is facts.vaults[0] for grant in facts.grants)


def test_children_of_a_vault_lie_in_it() -> None:
    shop = vault()
    secret = resource("Microsoft.KeyVault/vaults/secrets", "s", {"name": "db"}, parent=Symbol(shop, ()))
    by_name = resource("Microsoft.KeyVault/vaults/keys", "k", {"name": "kv-shop/key"})
    facts = facts_of(shop, secret, by_name)
    assert [one.kind for one in facts.vault_objects] == [VaultObjectKind.SECRET, VaultObjectKind.KEY]
    assert [getattr(one.name, "data", None) for one in facts.vault_objects] == ["db", "key"]
    locator = Locator(facts)
    for one in (Symbol(secret, ("properties", "secretUri")), Symbol(by_name, ("id",))):
        assert locator.vault_of(one, HERE)[0] is facts.vaults[0]


def test_a_vault_is_found_by_everything_that_names_it() -> None:
    name = Unknown("?", key="vault name")
    facts = facts_of(vault(text("kv-", name)))
    locator = Locator(facts)
    scope = Unknown("?")
    for named in (
        text("kv-", name),
        text(text("kv-", name)),
        text("https://kv-", name, ".vault.azure.net/secrets/x"),
        text("https://kv-", name, Unknown("the suffix"), "/secrets/x"),
        text(scope, "/resourceGroups/", GROUP, "/providers/Microsoft.KeyVault/vaults/kv-", name),
        text(
            scope, "/resourceGroups/", GROUP, "/providers/Microsoft.KeyVault/vaults/kv-", name, "/secrets/x"
        ),
    ):
        assert locator.vault_of(named, HERE)[0] is facts.vaults[0], named
    other = text(
        scope, "/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/kv-", Unknown("?", key="other")
    )
    assert locator.vault_of(other, HERE)[0] is None


def test_a_vault_that_is_declared_twice_may_be_one() -> None:
    first, again = vault(), resource("Microsoft.KeyVault/vaults", "again", {"name": "KV-shop"})
    other = resource("Microsoft.KeyVault/vaults", "other", {"name": "kv-other"})
    facts = facts_of(first, again, other)
    locator = Locator(facts)
    assert locator.covers(Symbol(again, ("id",)), facts.vaults[0]) is None
    assert locator.covers(Symbol(other, ("id",)), facts.vaults[0]) is False
    assert locator.declared_again(facts.vaults[0]) == [facts.vaults[1]]


def test_the_beginning_of_a_name_is_no_name() -> None:
    facts = facts_of(vault("kv"))
    locator = Locator(facts)
    url = text("https://kv", Unknown("?"), ".vault.azure.net/secrets/x")
    assert locator.vault_of(url, HERE)[0] is None
    assert locator.vault_of(text("https://kv.", Unknown("?"), "/secrets/x"), HERE)[0] is facts.vaults[0]


def test_a_looked_up_vault_in_another_group_is_another_one() -> None:
    managed = resource("Microsoft.KeyVault/vaults", "a", {"name": "kv"}, group=Scalar("rg-a"))
    same = resource("Microsoft.KeyVault/vaults", "b", {"name": "KV"}, existing=True, group=Scalar("RG-A"))
    other = resource("Microsoft.KeyVault/vaults", "c", {"name": "kv"}, existing=True, group=Scalar("rg-c"))
    facts = facts_of(managed, same, other)
    locator = Locator(facts)
    assert locator.vault_of(Symbol(same, ("id",)), HERE)[0] is facts.vaults[0]
    assert locator.vault_of(Symbol(other, ("id",)), HERE)[0] is facts.vaults[2]


@pytest.mark.parametrize(
    ("scope", "covers"),
    [
        (text("/subscriptions/", Unknown("?"), "/resourceGroups/", GROUP), True),
        (Scalar("/subscriptions/s/resourceGroups/rg-other"), None),
        (text("/subscriptions/", Unknown("?")), None),
        (Scalar("/providers/Microsoft.Management/managementGroups/all"), None),
        (Scalar("/subscriptions/s/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/x"), False),
        (text(Unknown("?"), "/providers/Microsoft.KeyVault/vaults/kv-shop"), True),
        (text(Unknown("?"), "/providers/Microsoft.KeyVault/vaults/kv-other"), False),
        (text(Unknown("?"), "/providers/Microsoft.KeyVault/vaults/kv-shop/secrets/x"), None),
        (text(Unknown("?"), "/providers/Microsoft.KeyVault/vaults/kv-other/secrets/x"), False),
        (Unknown("?"), None),
    ],
)
def test_what_a_scope_covers(scope: Value, covers: bool | None) -> None:
    facts = facts_of(vault())
    assert Locator(facts).covers(scope, facts.vaults[0]) is covers


# --- Identities -------------------------------------------------------------------------


def test_an_existing_identity_is_the_managed_one_of_its_name() -> None:
    name = Unknown("?", key="identity name")
    managed, looked_up = identity(name, "a"), identity(name, "b", existing=True)
    elsewhere = identity(name, "c", existing=True, group=Scalar("rg-other"))
    facts = facts_of(managed, looked_up, elsewhere)
    found = Identities(facts.identities)
    assert found.are_same(Symbol(managed, ("id",)), Symbol(looked_up, ("id",))) is True
    principal = Symbol(looked_up, ("properties", "principalId"))
    assert found.is_principal(principal, facts.identities[0]) is True
    assert found.is_wrong_attribute(Symbol(looked_up, ("properties", "clientId")), facts.identities[0])
    assert found.is_principal(Symbol(looked_up, ("id",)), facts.identities[0]) is False


def test_an_identity_in_another_group_is_another_one() -> None:
    managed = identity("id-api", "a", group=Scalar("rg-a"))
    other = identity("id-api", "b", existing=True, group=Scalar("rg-b"))
    facts = facts_of(managed, other)
    found = Identities(facts.identities)
    assert found.are_same(Symbol(managed, ("id",)), Symbol(other, ("id",))) is False
    assert found.canonical(facts.identities[1]) is facts.identities[1]


def test_an_identity_by_its_id() -> None:
    name = Unknown("?", key="identity name")
    facts = facts_of(identity(name))
    found = Identities(facts.identities)
    path = "/providers/Microsoft.ManagedIdentity/userAssignedIdentities/"
    assert (
        found.with_id(text("/subscriptions/s/resourceGroups/", GROUP, path, name), HERE)
        is facts.identities[0]
    )
    assert found.with_id(text("/subscriptions/s/resourceGroups/rg-other", path, name), HERE) is None


def test_one_identity_declared_twice_may_be_the_same() -> None:
    facts = facts_of(identity("id-api", "a"), identity("id-api", "b"), identity("id-web", "c"))
    found = Identities(facts.identities)
    ids = [one.resource_ids[0] for one in facts.identities]
    assert found.are_same(ids[0], ids[1]) is None
    assert found.are_same(ids[0], ids[2]) is False


def test_an_output_of_a_script_may_be_any_principal() -> None:
    script = resource("Microsoft.Resources/deploymentScripts", "script", {"name": "s"})
    facts = facts_of(identity(), script)
    found = Identities(facts.identities)
    output = Symbol(script, ("properties", "outputs", "principalId"))
    assert found.is_principal(output, facts.identities[0]) is None
    assert [one.address for one in facts.possible_grants] == ["main.bicep|script"]


def test_the_identities_of_a_cluster() -> None:
    cluster = resource(
        "Microsoft.ContainerService/managedClusters",
        "aks",
        {"name": "aks", "identity": {"type": "SystemAssigned"}},
    )
    facts = facts_of(cluster)
    found = Identities(facts.identities)
    for path in (
        ("properties", "identityProfile", "kubeletidentity"),
        ("properties", "addonProfiles", "azureKeyvaultSecretsProvider", "identity"),
    ):
        named = [
            found.named_by(Symbol(cluster, (*path, key))) for key in ("resourceId", "clientId", "objectId")
        ]
        assert [one.label for one in named if one] == ["resource id", "client id", "principal id"]
    own = found.named_by(Symbol(cluster, ("identity", "principalId")))
    assert own is not None
    assert own.identity.address == "main.bicep|aks.identity"
    assert found.named_by(Symbol(cluster, ("identity", 0, "principal_id"))) is not None


def test_carried_identities() -> None:
    one, more = Symbol(identity(), ("id",)), Unknown("its key is computed")
    nothing = MapValue({})
    closed = MapValue({"/sub/id": nothing}, rest=more, computed=((text(one), nothing),), complete=True)
    block = carried_identities(
        MapValue({"identity": MapValue({"type": Scalar("UserAssigned"), "userAssignedIdentities": closed})})
    )
    assert block.system is False
    assert block.open is None
    assert [type(each) for each in block.user_assigned] == [Scalar, Symbol]
    opened = MapValue({}, rest=more, computed=((one, nothing),))
    block = carried_identities(
        MapValue({"identity": MapValue({"type": Scalar("UserAssigned"), "userAssignedIdentities": opened})})
    )
    assert block.open is not None
    block = carried_identities(MapValue({"identity": Choice((Scalar(None), MapValue({})))}))
    assert block.system is None
    assert block.open is not None
    assert carried_identities(MapValue({})).system is False


def test_one_of_several_objects_has_the_keys_of_all() -> None:
    options = Choice((MapValue({"a": Scalar(1)}), MapValue({"a": Scalar(2), "b": Scalar(3)})))
    found = section(MapValue({"x": options}), "x")
    assert found is not None
    assert isinstance(found.entries["a"], Choice)
    assert found.rest is not None


# --- Roles ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "role",
    [
        Scalar("/providers/Microsoft.Authorization/roleDefinitions/4633458b-17de-408a-b874-0445c86b69e6"),
        text(
            "/subscriptions/",
            Unknown("?"),
            "/providers/Microsoft.Authorization/roleDefinitions/4633458b-17de-408a-b874-0445c86b69e6",
        ),
        Symbol(
            resource(
                "Microsoft.Authorization/roleDefinitions",
                "role",
                {"name": "4633458b-17de-408a-b874-0445c86b69e6"},
                existing=True,
            ),
            ("id",),
        ),
    ],
)
def test_roles_by_their_definition(role: Value) -> None:
    shop, api = vault(), identity()
    grant = resource(
        "Microsoft.Authorization/roleAssignments",
        "grant",
        {"properties": {"principalId": Symbol(api, ("properties", "principalId")), "roleDefinitionId": role}},
        scope=Symbol(shop, ("id",)),
    )
    facts = facts_of(shop, api, grant)
    (found,) = facts.grants
    named = role_of(found.role)
    assert named is not None
    assert named.reads_secrets
    assert not found.elsewhere


def test_a_role_at_something_else_is_elsewhere() -> None:
    storage = resource("Microsoft.Storage/storageAccounts", "stg", {"name": "stg"})
    grant = resource("Microsoft.Authorization/roleAssignments", "grant", {}, scope=Symbol(storage, ("id",)))
    assert facts_of(grant).grants[0].elsewhere


# --- Apps -------------------------------------------------------------------------------


def test_every_place_of_an_authentication_config() -> None:
    app = resource("Microsoft.App/containerApps", "app", {"name": "api", "properties": {}})
    config = resource(
        "Microsoft.App/containerApps/authConfigs",
        "auth",
        {
            "name": "current",
            "properties": {
                "identityProviders": {
                    "azureActiveDirectory": {"registration": {"clientSecretSettingName": "a"}},
                    "facebook": {"registration": {"appSecretSettingName": "b"}},
                    "gitHub": {"registration": {"clientSecretSettingName": "c"}},
                    "google": {"registration": {"clientSecretSettingName": "d"}},
                    "apple": {"registration": {"clientSecretSettingName": "e"}},
                    "twitter": {"registration": {"consumerSecretSettingName": "f"}},
                    "customOpenIdConnectProviders": {
                        "okta": {
                            "registration": {"clientCredential": {"clientSecretSettingName": "g"}},
                        }
                    },
                },
                "encryptionSettings": {
                    "containerAppAuthEncryptionSecretName": "h",
                    "containerAppAuthSigningSecretName": "i",
                },
                "login": {"tokenStore": {"azureBlobStorage": {"sasUrlSettingName": "j"}}},
            },
        },
        parent=Symbol(app, ()),
    )
    facts = facts_of(config, app)
    arm_parts.complete(facts)
    (found,) = facts.apps
    assert {getattr(one.name, "data", None) for one in found.references} == set("abcdefghij")
    assert {one.site for one in found.references} == {ReferenceSite.AUTHENTICATION}


def test_azapi_is_read_as_the_resource_that_it_is(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(
        dedent(
            """
            resource "azurerm_resource_group" "shop" {
              name     = "rg-shop"
              location = "westeurope"
            }
            resource "azapi_resource" "identity" {
              type      = "Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31"
              name      = "id-api"
              parent_id = azurerm_resource_group.shop.id
            }
            resource "azapi_resource" "app" {
              type      = "Microsoft.App/containerApps@2024-03-01"
              name      = "api"
              parent_id = azurerm_resource_group.shop.id
              identity {
                type         = "SystemAssigned, UserAssigned"
                identity_ids = [azapi_resource.identity.id]
              }
              body = jsonencode({
                properties = {
                  configuration = { registries = [{ server = "x", passwordSecretRef = "registry" }] }
                }
              })
              sensitive_body = {
                properties = { configuration = { secrets = [{ name = "registry", value = "x" }] } }
              }
            }
            resource "azapi_resource" "cache" {
              type      = "Microsoft.Cache/redis@2024-03-01"
              name      = "cache"
              parent_id = azurerm_resource_group.shop.id
            }
            """
        ),
        "utf-8",
    )
    facts = link(parse(discover([tmp_path], tmp_path)), tmp_path)[0]
    (app,) = facts.apps
    assert app.identity.system is True
    assert [type(one) for one in app.identity.user_assigned] == [Symbol]
    assert [getattr(secret.name, "data", None) for secret in app.secrets] == ["registry"]
    assert [one.site for one in app.references] == [ReferenceSite.REGISTRY]
    known = Identities(facts.identities)
    user_assigned = next(one for one in facts.identities if one.name is not None)
    assert getattr(user_assigned.resource_group, "data", None) == "rg-shop"
    assert known.named_by(app.identity.user_assigned[0]) is not None
    assert [one.display for one in facts.possible_grants] == ["azapi_resource.cache"]


def test_what_others_may_change_of_an_azapi_body_is_not_known(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(
        dedent(
            """
            resource "azapi_resource" "app" {
              type = "Microsoft.App/containerApps@2024-03-01"
              name = "api"
              body = { properties = { configuration = { secrets = [] } } }
              lifecycle {
                ignore_changes = [body.properties.configuration.secrets]
              }
            }
            """
        ),
        "utf-8",
    )
    (app,) = link(parse(discover([tmp_path], tmp_path)), tmp_path)[0].apps
    assert app.secrets_open is not None


def test_verified_modules_are_what_they_make() -> None:
    api = resource(
        "avm/res/managed-identity/user-assigned-identity",
        "identity",
        {"name": "id-api", "federatedIdentityCredentials": [{"subject": "s", "issuer": "i"}]},
    )
    principal = Symbol(api, ("outputs", "principalId"))
    shop = resource(
        "avm/res/key-vault/vault",
        "vault",
        {
            "name": "kv",
            "secrets": {"secureList": [{"name": "db", "value": "x"}]},
            "roleAssignments": [
                {"principalId": principal, "roleDefinitionIdOrName": "Key Vault Secrets User"}
            ],
        },
    )
    job = resource(
        "avm/res/app/job",
        "job",
        {
            "name": "job",
            "secrets": [{"name": "db", "keyVaultUrl": "https://kv.vault.azure.net/secrets/db"}],
            "containers": [{"env": [{"name": "DB", "secretRef": "db"}]}],
            "managedIdentities": {
                "systemAssigned": True,
                "userAssignedResourceIds": [Symbol(api, ("outputs", "resourceId"))],
            },
        },
    )
    role = resource(
        "avm/res/authorization/role-assignment/rg-scope",
        "role",
        {"principalId": principal, "roleDefinitionIdOrName": "Reader"},
    )
    facts = facts_of(api, shop, job, role)
    assert [one.kind for one in facts.apps] == [AppKind.JOB]
    assert facts.apps[0].identity.system is True
    assert len(facts.apps[0].references) == len(facts.apps[0].environment) == 1
    assert facts.vaults[0].permission_model is PermissionModel.RBAC
    assert [getattr(one.name, "data", None) for one in facts.vault_objects] == ["db"]
    assert len(facts.credentials) == 1
    locator = Locator(facts)
    assert [locator.covers(grant.scope, facts.vaults[0]) for grant in facts.grants] == [True, True]
    assert locator.identities.is_principal(principal, facts.identities[0]) is True
    own = Symbol(job, ("outputs", "systemAssignedMIPrincipalId"))
    named = locator.identities.named_by(own)
    assert named is not None
    assert named.identity.address == "main.bicep|job/identity"


def test_an_existing_vault_named_by_the_output_of_a_module_is_that_one() -> None:
    shop = resource("avm/res/key-vault/vault", "vault", {"name": Unknown("?")})
    looked_up = resource(
        "Microsoft.KeyVault/vaults", "again", {"name": Symbol(shop, ("outputs", "name"))}, existing=True
    )
    facts = facts_of(looked_up, shop)
    assert Locator(facts).vault_of(Symbol(looked_up, ("id",)), HERE)[0] is facts.vaults[1]


# --- Urls -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "path", "before", "after", "defect"),
    [
        ("Microsoft.KeyVault/vaults", "properties.vaultUri", "", "secrets/db", None),
        ("Microsoft.KeyVault/vaults", "properties.vaultUri", "", "db", "it has no /secrets/ before the name"),
        (
            "Microsoft.KeyVault/vaults",
            "id",
            "",
            "/secrets/db",
            "it is an Azure resource id, not a url of the vault",
        ),
        ("Microsoft.KeyVault/vaults/secrets", "properties.secretUri", "", "", None),
        (
            "Microsoft.KeyVault/vaults/secrets",
            "id",
            "",
            "",
            "it is an Azure resource id, not a url of the vault",
        ),
        ("Microsoft.KeyVault/vaults", "name", "https://", ".vault.azure.net/secrets/db", None),
        (
            "Microsoft.KeyVault/vaults",
            "name",
            "https://",
            "..vault.azure.net/secrets/db",
            "its host name has two dots in a row",
        ),
        ("avm/res/key-vault/vault", "outputs.uri", "", "secrets/db", None),
    ],
)
def test_urls_of_secrets(kind: str, path: str, before: str, after: str, defect: str | None) -> None:
    symbol = Symbol(resource(kind, "x"), tuple(path.split(".")))
    whole = text(*(part for part in (before, symbol, after) if part != ""))
    assert url_defect(whole) == defect


# --- Settings of App Service ------------------------------------------------------------


def test_settings_in_a_resource_of_their_own(tmp_path: Path) -> None:
    facts = bicep(
        tmp_path,
        """
        resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
          name: 'id-web'
        }
        resource site 'Microsoft.Web/sites@2023-12-01' = {
          name: 'web'
          identity: { type: 'UserAssigned', userAssignedIdentities: { '${identity.id}': {} } }
          properties: { keyVaultReferenceIdentity: identity.id }

          resource settings 'config' = {
            name: 'appsettings'
            properties: { DB: '@Microsoft.KeyVault(SecretUri=https://kv.vault.azure.net/secrets/db)' }
          }
          resource strings 'config' = {
            name: 'connectionstrings'
            properties: { main: { type: 'SQLAzure', value: '@Microsoft.KeyVault(VaultName=kv;SecretName=sql)' } }
          }
        }
        """,
    )
    (app,) = facts.apps
    assert [getattr(one.name, "data", None) for one in app.environment] == ["DB", "main"]
    assert [getattr(read.vault, "data", None) for read in facts.vault_reads] == [
        "https://kv.vault.azure.net/secrets/db",
        "kv",
    ]
    assert all(isinstance(read.identity, Symbol) for read in facts.vault_reads)


@pytest.mark.parametrize("tree", ["app-service-bicep", "app-service-terraform"])
def test_urls_that_app_service_may_not_resolve_are_not_proven(tree: str) -> None:
    root = TESTDATA / "KV106" / "good" / tree
    result = analyse([root], root)
    reasons = [
        one.reason.rpartition(": ")[2]
        for one in result.unresolved
        if one.subject.startswith("Key Vault access")
    ]
    assert reasons == [
        "it names one of the vault's keys; the secret side has the path /secrets/NAME",
        "it names one of the vault's certificates; the secret side has the path /secrets/NAME",
        "it has no /secrets/NAME after the host name",
    ]
