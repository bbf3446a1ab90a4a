param principalId string

var acrPullRoleId = '8311e382-0749-4cb8-b61a-304f252e45ec'

resource grant 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(resourceGroup().id, principalId, 'grant')
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', acrPullRoleId) // expect: KV212
    principalId: principalId
  }
}
