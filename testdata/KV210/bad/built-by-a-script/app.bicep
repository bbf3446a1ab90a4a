param identityId string
param location string = resourceGroup().location

resource app 'Microsoft.App/containerApps@2024-03-01' = { // expect: KV210
  name: 'api'
  location: location
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identityId}': {}
    }
  }
  properties: {
    environmentId: '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-shop/providers/Microsoft.App/managedEnvironments/shop'
    template: {
      containers: [
        {
          name: 'api'
          image: 'shop.azurecr.io/api:1.4.0'
          resources: { cpu: json('0.5'), memory: '1Gi' }
        }
      ]
    }
  }
}
