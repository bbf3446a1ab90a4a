role = "Key Vault Secrets User"
