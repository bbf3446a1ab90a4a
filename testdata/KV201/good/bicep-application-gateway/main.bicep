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

resource gateway 'Microsoft.Network/applicationGateways@2023-09-01' = {
  name: 'agw-shop'
  location: location
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identity.id}': {} }
  }
  properties: {
    sku: { name: 'Standard_v2', tier: 'Standard_v2', capacity: 1 }
    sslCertificates: [
      {
        name: 'shop'
        properties: {
          keyVaultSecretId: '${vault.properties.vaultUri}secrets/shop-certificate'
        }
      }
    ]
    trustedRootCertificates: [
      {
        name: 'root'
        properties: {
          keyVaultSecretId: '${vault.properties.vaultUri}secrets/root-certificate'
        }
      }
    ]
  }
}
