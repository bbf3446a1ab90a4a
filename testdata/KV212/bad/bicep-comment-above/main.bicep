param principalId string

// Key Vault Secrets User
var readSecrets = '4633458b-17de-4321-8be9-9e39f9d67d7d'

resource grant 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(resourceGroup().id, principalId, 'grant')
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', readSecrets) // expect: KV212
    principalId: principalId
  }
}
