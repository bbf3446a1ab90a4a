param location string = resourceGroup().location

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' = {
  name: 'kv-shop'
  location: location
  properties: {
    sku: { family: 'A' name: 'standard' } // expect: KV001
    tenantId: subscription().tenantId
    enableRbacAuthorization: = true
  }
}

output vaultUri string = vault.properties.vaultUri
