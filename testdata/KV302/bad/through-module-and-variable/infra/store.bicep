@secure()
param content string

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' existing = {
  name: 'kv-shop'
}

resource database 'Microsoft.KeyVault/vaults/secrets@2024-11-01' = {
  parent: vault
  name: 'database'
  properties: { value: content }
}
