@secure()
param secretValue string

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' existing = {
  name: 'kv-shop'
}

resource secret 'Microsoft.KeyVault/vaults/secrets@2024-11-01' = {
  parent: vault
  name: 'connection'
  properties: { value: secretValue }
}
