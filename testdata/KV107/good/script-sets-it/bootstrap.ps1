Set-AzKeyVaultSecret `
  -VaultName 'kv-books' `
  -Name 'DB-Passwords' `
  -SecretValue $value
