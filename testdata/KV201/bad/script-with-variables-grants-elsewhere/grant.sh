#!/bin/sh
set -eu
ROLE="Key Vault Secrets User"
SUBSCRIPTION=00000000-0000-0000-0000-000000000000
export VAULT='kv-archive'

principal=$(az identity show --name id-api --resource-group rg-shop --query principalId --output tsv)
az role assignment create --assignee-object-id "$principal" --role "${ROLE}" --scope "/subscriptions/$SUBSCRIPTION/resourceGroups/rg-shop/providers/Microsoft.KeyVault/vaults/$VAULT"
