#!/bin/sh
az role assignment create --role "Key Vault Secrets User" \
  --assignee "$(az identity show --name id-api --resource-group rg-shop --query principalId --output tsv)" \
  --scope "$(az keyvault show --name kv-other --query id --output tsv)"
