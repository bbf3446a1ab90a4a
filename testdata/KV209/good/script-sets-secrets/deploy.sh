#!/bin/sh
set -eu
terraform apply -auto-approve
az containerapp secret set --name api --resource-group rg-shop --secrets api-key=keyvaultref:https://kv-shop.vault.azure.net/secrets/api-key,identityref:system
