#!/bin/sh
set -e
az acr build --registry "$ACR_NAME" \
  --image "api:$TAG" ./api
az containerapp update --name api --resource-group rg-shop --image "$ACR_NAME.azurecr.io/api:$TAG"
