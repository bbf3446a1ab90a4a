#!/bin/sh
set -eu
# Cognitive Services User
ROLE_ID="a97b65f3-24c7-4388-baec-2e87135dc908"

principal=$(az identity show --name id-api --resource-group rg-shop --query principalId --output tsv)
az role assignment create --assignee-object-id "$principal" --role "$ROLE_ID" --scope "$1"
