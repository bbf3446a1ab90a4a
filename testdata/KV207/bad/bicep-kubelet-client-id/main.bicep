param location string = resourceGroup().location

resource cluster 'Microsoft.ContainerService/managedClusters@2024-05-01' = {
  name: 'aks-shop'
  location: location
  identity: { type: 'SystemAssigned' }
  properties: {
    dnsPrefix: 'shop'
    addonProfiles: { azureKeyvaultSecretsProvider: { enabled: true } }
  }
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

resource grant 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, cluster.id, 'secrets-user')
  scope: vault
  properties: {
    principalId: cluster.properties.addonProfiles.azureKeyvaultSecretsProvider.identity.clientId // expect: KV207
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6')
  }
}

resource kubelet 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, cluster.id, 'secrets-user')
  scope: vault
  properties: {
    principalId: cluster.properties.identityProfile.kubeletidentity.objectId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6')
  }
}
