"""What the public cloud is like, and what of Azure only a deployment knows."""

from __future__ import annotations

from collections.abc import Mapping

from kvlint.evaluate.functions.arguments import Arguments, arity, never, special
from kvlint.evaluate.scope import Function, FunctionCall
from kvlint.evaluate.values import ListValue, MapValue, Scalar, Unknown, Value

#: Of the public cloud. The other clouds have other names of the same shape.
_SUFFIXES = {
    "acrLoginServer": ".azurecr.io",
    "azureDatalakeAnalyticsCatalogAndJob": "azuredatalakeanalytics.net",
    "azureDatalakeStoreFileSystem": "azuredatalakestore.net",
    "azureFrontDoorEndpointSuffix": "azurefd.net",
    "keyvaultDns": ".vault.azure.net",
    "sqlServerHostname": ".database.windows.net",
    "storage": "core.windows.net",
}
_ENDPOINTS = {
    "activeDirectoryDataLake": "https://datalake.azure.net/",
    "batch": "https://batch.core.windows.net/",
    "gallery": "https://gallery.azure.com/",
    "graph": "https://graph.windows.net/",
    "media": "https://rest.media.azure.net",
    "portal": "https://portal.azure.com",
    "resourceManager": "https://management.azure.com/",
    "sqlManagement": "https://management.core.windows.net:8443/",
}
_LOGIN = "https://login.microsoftonline.com/"
_AUDIENCES = ("https://management.core.windows.net/", "https://management.azure.com/")


def _environment(arguments: Arguments, call: FunctionCall) -> Value:
    arity(arguments, 0)
    rest = Unknown("it depends on the cloud", span=call.span)

    def texts(values: Mapping[str, str]) -> dict[str, Value]:
        return {name: Scalar(written, span=call.span) for name, written in values.items()}

    audiences = ListValue(tuple([Scalar(one, span=call.span) for one in _AUDIENCES]), span=call.span)
    login: dict[str, Value] = {"loginEndpoint": Scalar(_LOGIN, span=call.span), "audiences": audiences}
    return MapValue(
        {
            "suffixes": MapValue(texts(_SUFFIXES), rest=rest, span=call.span),
            "authentication": MapValue(login, rest=rest, span=call.span),
            **texts(_ENDPOINTS),
        },
        rest=rest,
        span=call.span,
    )


ENVIRONMENT: Mapping[str, Function] = {
    "environment": special(_environment),
    "pickzones": never("which zones there are is known at deployment"),
    "tologicalzone": never("which zones there are is known at deployment"),
    "tologicalzones": never("which zones there are is known at deployment"),
    "tophysicalzone": never("which zones there are is known at deployment"),
    "tophysicalzones": never("which zones there are is known at deployment"),
}
