az keyvault secret set --vault-name kv-books --name db-password --value "$PASSWORD"
