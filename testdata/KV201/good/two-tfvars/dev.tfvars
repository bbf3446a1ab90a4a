rbac = true
role = "Key Vault Certificate User"
