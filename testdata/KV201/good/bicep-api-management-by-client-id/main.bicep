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

resource grant 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, 'secrets-user')
  scope: vault
  properties: {
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6')
  }
}

resource apim 'Microsoft.ApiManagement/service@2023-05-01-preview' = {
  name: 'apim-shop'
  location: location
  sku: { name: 'Developer', capacity: 1 }
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identity.id}': {} }
  }
  properties: {
    publisherName: 'Shop'
    publisherEmail: 'shop@example.com'
    hostnameConfigurations: [
      {
        type: 'Proxy'
        hostName: 'api.example.com'
        keyVaultId: '${vault.properties.vaultUri}secrets/api-certificate'
        identityClientId: identity.properties.clientId
      }
    ]
  }
}

resource backend 'Microsoft.ApiManagement/service/certificates@2023-05-01-preview' = {
  name: '${apim.name}/backend'
  properties: {
    keyVault: {
      secretIdentifier: '${vault.properties.vaultUri}secrets/backend-certificate'
      identityClientId: identity.properties.clientId
    }
  }
}
