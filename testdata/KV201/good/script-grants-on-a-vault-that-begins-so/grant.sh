#!/bin/sh
set -eu
STEM=kvshop

principal=$(az identity show --name id-api --resource-group rg-shop --query principalId --output tsv)
az role assignment create --assignee-object-id "$principal" --role "Key Vault Secrets User" --scope "/subscriptions/$1/resourceGroups/rg-shop/providers/Microsoft.KeyVault/vaults/${STEM}$2"
