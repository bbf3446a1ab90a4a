param principalId string
param acrPullRoleId string = '7f951dda-4ed3-4680-a7ca-43fe172d583d'

resource grant 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(resourceGroup().id, principalId, 'grant')
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', acrPullRoleId) // expect: KV212
    principalId: principalId
  }
}
