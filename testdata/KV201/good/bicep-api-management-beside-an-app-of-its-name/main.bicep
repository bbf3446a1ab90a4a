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

param apimName string = 'shop'

resource site 'Microsoft.Web/sites@2023-12-01' = {
  name: 'shop'
  location: location
  identity: { type: 'SystemAssigned' }
  properties: {}
}

resource backendKey 'Microsoft.ApiManagement/service/namedValues@2023-05-01-preview' = {
  name: '${apimName}/backend-key'
  properties: {
    displayName: 'backend-key'
    secret: true
    keyVault: {
      secretIdentifier: '${vault.properties.vaultUri}secrets/backend-key'
    }
  }
}
