"""The resource ids of what Terraform makes, in parts: which attributes stand in them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from kvlint.evaluate.access import attribute
from kvlint.evaluate.combine import each_way
from kvlint.evaluate.functions.ids import in_full, is_resource_id
from kvlint.evaluate.operators import joined_text
from kvlint.evaluate.values import PartialText, Resource, Scalar, Symbol, Unknown, Value, text_of
from kvlint.source import Span

#: What Azure calls the types of resources whose id is their ``name`` in their ``resource_group_name``.
_TYPES: Mapping[str, str] = {
    "azurerm_api_management": "Microsoft.ApiManagement/service",
    "azurerm_app_configuration": "Microsoft.AppConfiguration/configurationStores",
    "azurerm_app_service": "Microsoft.Web/sites",
    "azurerm_app_service_plan": "Microsoft.Web/serverFarms",
    "azurerm_application_gateway": "Microsoft.Network/applicationGateways",
    "azurerm_application_insights": "Microsoft.Insights/components",
    "azurerm_cognitive_account": "Microsoft.CognitiveServices/accounts",
    "azurerm_container_app": "Microsoft.App/containerApps",
    "azurerm_container_app_environment": "Microsoft.App/managedEnvironments",
    "azurerm_container_app_job": "Microsoft.App/jobs",
    "azurerm_container_group": "Microsoft.ContainerInstance/containerGroups",
    "azurerm_container_registry": "Microsoft.ContainerRegistry/registries",
    "azurerm_cosmosdb_account": "Microsoft.DocumentDB/databaseAccounts",
    "azurerm_eventhub_namespace": "Microsoft.EventHub/namespaces",
    "azurerm_function_app": "Microsoft.Web/sites",
    "azurerm_key_vault": "Microsoft.KeyVault/vaults",
    "azurerm_kubernetes_cluster": "Microsoft.ContainerService/managedClusters",
    "azurerm_linux_function_app": "Microsoft.Web/sites",
    "azurerm_linux_web_app": "Microsoft.Web/sites",
    "azurerm_log_analytics_workspace": "Microsoft.OperationalInsights/workspaces",
    "azurerm_mssql_server": "Microsoft.Sql/servers",
    "azurerm_postgresql_flexible_server": "Microsoft.DBforPostgreSQL/flexibleServers",
    "azurerm_redis_cache": "Microsoft.Cache/redis",
    "azurerm_search_service": "Microsoft.Search/searchServices",
    "azurerm_service_plan": "Microsoft.Web/serverFarms",
    "azurerm_servicebus_namespace": "Microsoft.ServiceBus/namespaces",
    "azurerm_storage_account": "Microsoft.Storage/storageAccounts",
    "azurerm_user_assigned_identity": "Microsoft.ManagedIdentity/userAssignedIdentities",
    "azurerm_virtual_network": "Microsoft.Network/virtualNetworks",
    "azurerm_windows_function_app": "Microsoft.Web/sites",
    "azurerm_windows_web_app": "Microsoft.Web/sites",
}
#: The same of modules of the public registry, which give the id out as ``resource_id``.
_MODULES: Mapping[str, str] = {
    "azure/avm-res-keyvault-vault/azurerm": "Microsoft.KeyVault/vaults",
    "azure/avm-res-managedidentity-userassignedidentity/azurerm": "Microsoft.ManagedIdentity/userAssignedIdentities",
}
_GROUP = "azurerm_resource_group"
_ANY = "azapi_resource"


def identifier_of(resource: Resource, path: Sequence[str | int], span: Span) -> Value | None:
    """The id of a resource as a text of which unknown parts hold no slash, ``None`` where that cannot be told."""
    if tuple(path) != (("resource_id",) if resource.type in _MODULES else ("id",)):
        return None
    parts = _parts(resource, span)
    found = each_way(parts, lambda *way: _id(way, span), span) if parts else None
    return None if isinstance(found, Unknown) else found


def _id(parts: Sequence[Value], span: Span) -> Value:
    """The parts as one text, in which each attribute keeps its own place."""
    whole = joined_text(parts, span)
    if not isinstance(whole, PartialText):
        return whole
    flat = [piece for part in parts for piece in (part.parts if isinstance(part, PartialText) else (part,))]
    return PartialText(tuple(flat), span=span)


def _parts(resource: Resource, span: Span) -> list[Value]:
    """The parts of the id; none where they are not known."""

    def given(name: str) -> Value:
        return attribute(Symbol(resource, (), span=span), name, span)

    if resource.type == _ANY:
        return _parts_of_any(given, span)
    subscription = Unknown(
        "the subscription is chosen at deployment", span=span, key=(resource.address, "subscription")
    )
    begin: list[Value] = [_text("/subscriptions/", span), subscription, _text("/resourceGroups/", span)]
    if resource.type == _GROUP:
        return [*begin, given("name")]
    kind = _TYPES.get(resource.type) or _MODULES.get(resource.type)
    if kind is None:
        return []
    return [*begin, given("resource_group_name"), _text(f"/providers/{kind}/", span), given("name")]


def _parts_of_any(given: Callable[[str], Value], span: Span) -> list[Value]:
    """Of a resource that names its type and what it lies in."""
    provider, _, rest = (text_of(given("type")) or "").partition("@")[0].partition("/")
    parent = in_full(given("parent_id"), span)
    if not rest or not is_resource_id(parent):
        return []
    _, nested, last = rest.rpartition("/")
    between = f"/{last}/" if nested else f"/providers/{provider}/{rest}/"
    return [parent, _text(between, span), given("name")]


def _text(text: str, span: Span) -> Scalar:
    return Scalar(text, span=span)
