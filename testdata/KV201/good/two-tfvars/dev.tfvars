rbac = true
role = "Key Vault Secrets Officer"
