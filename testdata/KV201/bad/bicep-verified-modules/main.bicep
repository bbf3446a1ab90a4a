param location string = resourceGroup().location
param environmentId string

module identity 'br/public:avm/res/managed-identity/user-assigned-identity:0.4.0' = {
  name: 'identity'
  params: { name: 'id-api' }
}

module vault 'br/public:avm/res/key-vault/vault:0.12.0' = {
  name: 'vault'
  params: {
    name: 'kv-shop'
  }
}

module app 'br/public:avm/res/app/container-app:0.12.0' = {
  name: 'app'
  params: {
    name: 'api'
    environmentResourceId: environmentId
    managedIdentities: { userAssignedResourceIds: [identity.outputs.resourceId] }
    secrets: [
      {
        name: 'db-password'
        keyVaultUrl: '${vault.outputs.uri}secrets/db-password' // expect: KV201
        identity: identity.outputs.resourceId
      }
    ]
    containers: [
      {
        name: 'api'
        image: 'shop.azurecr.io/api:1.4.0'
        env: [{ name: 'DB_PASSWORD', secretRef: 'db-password' }]
      }
    ]
  }
}
