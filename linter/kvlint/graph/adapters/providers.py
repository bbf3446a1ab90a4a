"""Which resource provider the resource belongs to that a role is assigned at."""

from __future__ import annotations

from kvlint.evaluate.values import PartialText, Symbol, Value, alternatives
from kvlint.graph.resource_ids import bare, parse_id

#: The providers of azurerm's resources by how the names of their types begin, the longest first.
_PREFIXES = tuple(
    sorted(
        {
            "app_configuration": "microsoft.appconfiguration",
            "app_service": "microsoft.web",
            "application_gateway": "microsoft.network",
            "application_insights": "microsoft.insights",
            "cognitive_account": "microsoft.cognitiveservices",
            "container_app": "microsoft.app",
            "container_group": "microsoft.containerinstance",
            "container_registry": "microsoft.containerregistry",
            "cosmosdb_account": "microsoft.documentdb",
            "eventhub": "microsoft.eventhub",
            "function_app": "microsoft.web",
            "key_vault": "microsoft.keyvault",
            "kubernetes_cluster": "microsoft.containerservice",
            "linux_function_app": "microsoft.web",
            "linux_virtual_machine": "microsoft.compute",
            "linux_web_app": "microsoft.web",
            "log_analytics_workspace": "microsoft.operationalinsights",
            "mssql_": "microsoft.sql",
            "mysql_flexible_server": "microsoft.dbformysql",
            "postgresql_flexible_server": "microsoft.dbforpostgresql",
            "redis_cache": "microsoft.cache",
            "search_service": "microsoft.search",
            "service_plan": "microsoft.web",
            "servicebus_": "microsoft.servicebus",
            "storage_": "microsoft.storage",
            "subnet": "microsoft.network",
            "user_assigned_identity": "microsoft.managedidentity",
            "virtual_network": "microsoft.network",
            "windows_function_app": "microsoft.web",
            "windows_virtual_machine": "microsoft.compute",
            "windows_web_app": "microsoft.web",
        }.items(),
        key=lambda entry: -len(entry[0]),
    )
)
#: The providers of what modules that are known by their interface make.
_MODULES = {
    "avm/res/app/container-app": "microsoft.app",
    "avm/res/app/job": "microsoft.app",
    "avm/res/container-registry/registry": "microsoft.containerregistry",
    "avm/res/key-vault/vault": "microsoft.keyvault",
    "avm/res/managed-identity/user-assigned-identity": "microsoft.managedidentity",
}
#: Providers of what holds resources of all others.
_CONTAINERS = (
    "microsoft.resources",
    "microsoft.management",
    "microsoft.subscription",
    "microsoft.authorization",
)


def provider_of(scope: Value | None) -> str:
    """The provider of the one resource that a scope is or lies in, in lower case.

    Empty for wider scopes, for those of which not even the type is known, and where it depends.
    """
    found = {_provider(bare(option)) for option in alternatives(scope)}
    return found.pop() if len(found) == 1 else ""


def _provider(scope: Value) -> str:
    if isinstance(scope, PartialText) and isinstance(scope.parts[0], Symbol):
        scope = scope.parts[0]
    if isinstance(scope, Symbol):
        kind = scope.resource.type.casefold()
        if scope.path == ("outputs", "resourceId"):
            return _MODULES.get(kind, "")
        return _of_type(kind) if scope.path in (("id",), ("output", "id")) else ""
    found = parse_id(scope)
    return "" if found is None else _not_wide(found.type.partition("/")[0])


def _of_type(resource_type: str) -> str:
    namespace, slash, _ = resource_type.partition("/")
    if slash:
        return _not_wide(namespace) if namespace.startswith("microsoft.") else ""
    name = resource_type.removeprefix("azurerm_")
    if name == resource_type:
        return ""
    return next((provider for prefix, provider in _PREFIXES if name.startswith(prefix)), "")


def _not_wide(namespace: str) -> str:
    return "" if namespace in _CONTAINERS else namespace
