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

resource group 'Microsoft.ContainerInstance/containerGroups@2023-05-01' = {
  name: 'aci-api'
  location: location
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identity.id}': {} }
  }
  properties: {
    osType: 'Linux'
    containers: [
      {
        name: 'api'
        properties: {
          image: 'shop.azurecr.io/api:1.4.0'
          resources: { requests: { cpu: 1, memoryInGB: 1 } }
          environmentVariables: [
            { name: 'LOG_LEVEL', value: 'info' }
            { name: 'KEY_VAULT_URL', value: vault.properties.vaultUri } // expect: KV201
          ]
        }
      }
    ]
  }
}
