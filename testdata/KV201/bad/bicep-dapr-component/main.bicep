param location string = resourceGroup().location
param environmentId string

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: 'id-api'
  location: location
}

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' = {
  name: 'kv-shop'
  location: location
  properties: {
    tenantId: tenant().tenantId
    sku: { family: 'A', name: 'standard' }
    enableRbacAuthorization: true
  }
}

resource component 'Microsoft.App/managedEnvironments/daprComponents@2024-03-01' = {
  name: '${last(split(environmentId, '/'))}/orders'
  properties: {
    componentType: 'pubsub.azure.servicebus.topics'
    version: 'v1'
    secrets: [
      {
        name: 'connection'
        keyVaultUrl: '${vault.properties.vaultUri}secrets/service-bus' // expect: KV201
        identity: identity.id
      }
    ]
    metadata: [{ name: 'connectionString', secretRef: 'connection' }]
  }
}
