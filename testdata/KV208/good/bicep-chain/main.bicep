param environmentId string
param location string = resourceGroup().location

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

module access 'access.bicep' = {
  name: 'access'
  params: {
    vaultName: vault.name
    principalId: identity.properties.principalId
  }
}

module pause 'pause.bicep' = {
  name: 'pause'
  dependsOn: [access]
}

module service 'service.bicep' = {
  name: 'service'
  params: {
    environmentId: environmentId
    location: location
    identityId: identity.id
    vaultUri: vault.properties.vaultUri
  }
  dependsOn: [pause]
}
