param location string = resourceGroup().location

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' = {
  name: 'kv-shop'
  location: location
  properties: {
    tenantId: tenant().tenantId
    sku: { family: 'A', name: 'standard' }
    enableRbacAuthorization: true
  }
}

param gatewayIdentity string

resource gateway 'Microsoft.Network/applicationGateways@2023-09-01' = {
  name: 'agw-shop'
  location: location
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${gatewayIdentity}': {} }
  }
  properties: {
    sslCertificates: [
      {
        name: 'shop'
        properties: {
          keyVaultSecretId: '${vault.properties.vaultUri}secrets/shop-certificate'
        }
      }
    ]
  }
}
