// What App Service makes of urls that are not those of secrets is not documented.
param location string = resourceGroup().location

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' = {
  name: 'kv-quay'
  location: location
  properties: {
    tenantId: tenant().tenantId
    sku: { family: 'A', name: 'standard' }
    enableRbacAuthorization: true
  }
}

resource access 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, 'crane')
  scope: vault
  properties: {
    principalId: site.identity.principalId
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6')
    principalType: 'ServicePrincipal'
  }
}

resource site 'Microsoft.Web/sites@2023-12-01' = {
  name: 'crane'
  location: location
  identity: { type: 'SystemAssigned' }
  properties: {
    siteConfig: {
      appSettings: [
        { name: 'SECRET', value: '@Microsoft.KeyVault(SecretUri=${vault.properties.vaultUri}secrets/load/)' }
        { name: 'KEY', value: '@Microsoft.KeyVault(SecretUri=${vault.properties.vaultUri}keys/load)' }
        { name: 'CERTIFICATE', value: '@Microsoft.KeyVault(SecretUri=https://kv-quay.vault.azure.net/certificates/load)' }
        { name: 'NO_PATH', value: '@Microsoft.KeyVault(SecretUri=${vault.properties.vaultUri})' }
        { name: 'BY_NAME', value: '@Microsoft.KeyVault(VaultName=${vault.name};SecretName=load)' }
      ]
    }
  }
}
