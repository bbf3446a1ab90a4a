#!/bin/sh
az keyvault secret set \
  --vault-name kv-books \
  --name db-password \
  --value "$DB_PASSWORD"
