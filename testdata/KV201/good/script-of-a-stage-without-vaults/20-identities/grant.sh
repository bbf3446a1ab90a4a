#!/bin/sh
set -eu

principal=$(az identity show --name "$1" --resource-group rg-shop --query principalId --output tsv)
az role assignment create --assignee-object-id "$principal" --role "Key Vault Secrets User" --scope "$(az keyvault show --name "$2" --query id --output tsv)"
