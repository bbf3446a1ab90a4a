param name string
param location string
param tags object
param identityId string

resource app 'Microsoft.App/containerApps@2024-03-01' = { // expect: KV210
  name: name
  location: location
  tags: tags
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
          name: name
          image: 'mcr.microsoft.com/azuredocs/containerapps-helloworld:latest'
          env: [
            { name: 'KEY_VAULT_URL', value: 'https://kv-other.vault.azure.net/' }
          ]
        }
      ]
    }
  }
}
