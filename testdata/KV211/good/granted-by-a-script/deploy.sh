#!/bin/sh
set -eu
terraform apply -auto-approve
principal=$(az identity show --name id-api --resource-group rg-shop --query principalId --output tsv)
az role assignment create --assignee "$principal" --role AcrPull \
  --scope "$(az acr show --name acrshop --query id --output tsv)"
