param environmentId string
param location string
param identityId string
param vaultUri string

resource app 'Microsoft.App/containerApps@2024-03-01' = { // expect: KV208
  name: 'api'
  location: location
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identityId}': {}
    }
  }
  properties: {
    environmentId: environmentId
    configuration: {
      secrets: [
        {
          name: 'db-password'
          keyVaultUrl: '${vaultUri}secrets/db-password'
          identity: identityId
        }
      ]
    }
    template: {
      containers: [
        {
          name: 'api'
          image: 'shop.azurecr.io/api:1.4.0'
          env: [
            { name: 'DB_PASSWORD', secretRef: 'db-password' }
          ]
        }
      ]
    }
  }
}
