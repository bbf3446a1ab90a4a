param environmentName string
param location string = resourceGroup().location

var token = uniqueString(resourceGroup().id, environmentName)

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' = {
  name: toLower('${take(environmentName, 7)}kv${token}')
  location: location
  properties: {
    tenantId: subscription().tenantId
    sku: { family: 'A', name: 'standard' }
    enableRbacAuthorization: true
  }

  resource session 'secrets' = {
    name: 'session-key'
    properties: {
      contentType: 'text/plain'
    }
  }
}

resource web 'Microsoft.Web/sites@2023-12-01' = {
  name: 'web-${token}'
  location: location
  identity: { type: 'SystemAssigned' }
  properties: {
    siteConfig: {
      appSettings: [
        {
          name: 'SESSION_KEY'
          value: '@Microsoft.KeyVault(VaultName=${vault.name};SecretName=${vault::session.name})'
        }
      ]
    }
  }
}

resource read 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, web.id, 'secrets-user')
  scope: vault
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6')
    principalId: web.identity.principalId
    principalType: 'ServicePrincipal'
  }
}
