param location string = resourceGroup().location
param environmentId string

param vaultName string
param identityName string

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' = {
  name: vaultName
  location: location
  properties: {
    tenantId: tenant().tenantId
    sku: { family: 'A', name: 'standard' }
    enableRbacAuthorization: true
  }
}

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: identityName
  location: location
}

module app 'app.bicep' = {
  name: 'app'
  dependsOn: [role]
  params: {
    location: location
    environmentId: environmentId
    vaultName: vault.name
    identityName: identity.name
  }
}

module role 'role.bicep' = {
  name: 'role'
  params: { vaultName: vaultName, principalId: identity.properties.principalId }
}
