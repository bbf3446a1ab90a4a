#!/usr/bin/env bash
set -euo pipefail
az containerapp secret set --name billing --resource-group rg-shop --secrets "cosmos-key=$COSMOS_KEY"
