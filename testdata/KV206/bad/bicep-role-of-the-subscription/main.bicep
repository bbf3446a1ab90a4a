targetScope = 'subscription'

param environmentId string

module shop 'shop.bicep' = {
  name: 'shop'
  scope: resourceGroup('rg-shop')
  params: {
    environmentId: environmentId
  }
}

resource grant 'Microsoft.Authorization/roleAssignments@2022-04-01' = { // expect: KV206
  name: guid(subscription().id, 'api', 'vault')
  properties: {
    principalId: shop.outputs.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6')
  }
}
