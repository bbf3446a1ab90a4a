#!/bin/sh
set -eu

principal=$(az identity show --name id-api --resource-group rg-shop --query principalId --output tsv)
az role assignment create --assignee-object-id "$principal" --role "$2" --scope "/subscriptions/$1/resourceGroups/rg-shop/providers/Microsoft.Storage/storageAccounts/stshop"
