#!/usr/bin/env bash
set -euo pipefail
az containerapp secret set \
  --name "$APP" \
  --resource-group "$GROUP" \
  --secrets "cosmos-key=keyvaultref:$VAULT_URI/secrets/cosmos-key,identityref:system"
az containerapp update --name "$APP" --resource-group "$GROUP" --yaml app.yaml
