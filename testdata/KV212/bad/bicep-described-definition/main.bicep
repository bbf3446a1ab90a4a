param principalId string

@description('The built-in role Key Vault Secrets User')
resource secretsUser 'Microsoft.Authorization/roleDefinitions@2022-04-01' existing = {
  scope: subscription()
  name: '4633458b-17de-408b-a874-0445c86b69e6'
}

resource grant 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(resourceGroup().id, principalId, 'grant')
  properties: {
    roleDefinitionId: secretsUser.id // expect: KV212
    principalId: principalId
  }
}
