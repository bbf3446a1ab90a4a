param principalId string
param write bool

var acrPushRoleId = write ? '8311e382-0749-4cb8-b61a-304f252e45ec' : '7f951dda-4ed3-4680-a7ca-43fe172d538d'

resource grant 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(resourceGroup().id, principalId, 'grant')
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', acrPushRoleId)
    principalId: principalId
  }
}
