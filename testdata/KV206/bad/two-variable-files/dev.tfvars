role = "Key Vault Administrator"
