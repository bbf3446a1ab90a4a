targetScope = 'subscription'

param environmentId string
param location string = 'westeurope'

resource group 'Microsoft.Resources/resourceGroups@2024-03-01' = {
  name: 'rg-shop'
  location: location
}

module shop 'shop.bicep' = {
  name: 'shop'
  scope: group
  params: { location: location, environmentId: environmentId }
}

resource grant 'Microsoft.Authorization/roleAssignments@2022-04-01' = { // expect: KV206
  name: guid(subscription().id, 'api')
  properties: {
    principalId: shop.outputs.principalId
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6')
  }
}
