param principalId string

var acrPullRoleId = '0b7a3bd1-6f0e-4f52-9a35-d0c9b2a3e1f4'

resource puller 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: acrPullRoleId
  properties: {
    roleName: 'Image puller'
    assignableScopes: [resourceGroup().id]
    permissions: [
      {
        actions: ['Microsoft.ContainerRegistry/registries/pull/read']
      }
    ]
  }
}

resource grant 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(resourceGroup().id, principalId, 'grant')
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', acrPullRoleId)
    principalId: principalId
  }
}
