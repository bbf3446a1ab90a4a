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
          value: '@Microsoft.KeyVault(VaultName=${vault.name};SecretName=${vault::session.name})' // expect: KV201
        }
      ]
    }
  }
}
