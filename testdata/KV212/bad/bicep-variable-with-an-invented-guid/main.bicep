param principalId string

var acrPullRoleDefinitionId = '2b1c9f0e-58d7-4a36-8f1e-9c7d6b5a4e3f'

resource grant 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(resourceGroup().id, principalId, 'grant')
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', acrPullRoleDefinitionId) // expect: KV212
    principalId: principalId
  }
}
