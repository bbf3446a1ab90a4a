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

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: 'id-api'
  location: location
}

resource environment 'Microsoft.App/managedEnvironments@2024-10-02-preview' = {
  name: 'cae-shop'
  location: location
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identity.id}': {} }
  }
  properties: {}
}

resource certificate 'Microsoft.App/managedEnvironments/certificates@2024-10-02-preview' = {
  parent: environment
  name: 'shop'
  location: location
  properties: {
    certificateKeyVaultProperties: {
      identity: identity.id
      keyVaultUrl: '${vault.properties.vaultUri}secrets/shop-certificate' // expect: KV201
    }
  }
}
