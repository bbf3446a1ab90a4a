param principalId string

resource grant 'Microsoft.Authorization/roleAssignments@2022-04-01' = { // expect: KV206
  name: guid(resourceGroup().id, principalId)
  properties: {
    principalId: principalId
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6')
  }
}
