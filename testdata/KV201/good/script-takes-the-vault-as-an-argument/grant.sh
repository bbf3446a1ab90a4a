#!/bin/sh
set -eu
VAULT="$1"

principal=$(az identity show --name id-api --resource-group rg-shop --query principalId --output tsv)
az role assignment create --assignee-object-id "$principal" --role "Key Vault Secrets User" --scope "$(az keyvault show --name "$VAULT" --query id --output tsv)"
