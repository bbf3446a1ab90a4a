rbac = true
role = "Key Vault Secrets User"
