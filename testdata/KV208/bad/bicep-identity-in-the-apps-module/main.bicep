param environmentId string
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

module service 'service.bicep' = {
  name: 'service'
  params: {
    environmentId: environmentId
    location: location
    vaultUri: vault.properties.vaultUri
  }
}

module access 'access.bicep' = {
  name: 'access'
  params: {
    vaultName: vault.name
    principalId: service.outputs.principalId
  }
}
