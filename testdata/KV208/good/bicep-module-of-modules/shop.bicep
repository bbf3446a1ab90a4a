param environmentId string
param location string

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: 'id-api'
  location: location
}

module vaults 'vaults.bicep' = {
  name: 'vaults'
  params: {
    vaultName: 'kv-shop'
    location: location
    principalId: identity.properties.principalId
  }
}

module service 'service.bicep' = {
  name: 'service'
  params: {
    environmentId: environmentId
    location: location
    identityId: identity.id
    vaultUri: vaults.outputs.uri
  }
}
