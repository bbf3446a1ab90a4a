param location string = resourceGroup().location

@secure()
param adminPassword string

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' = {
  name: 'kv-ledger'
  location: location
  properties: {
    tenantId: subscription().tenantId
    sku: {
      family: 'A'
      name: 'standard'
    }
    enableRbacAuthorization: true
    enabledForTemplateDeployment: true
  }
}

resource password 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = {
  parent: vault
  name: 'sqlAdminPassword'
  properties: {
    value: adminPassword
  }
}

module database 'database.bicep' = {
  name: 'database'
  params: {
    location: location
    password: vault.getSecret('sqlAdminPasword') // expect: KV107
  }
  dependsOn: [
    password
  ]
}

module replica 'database.bicep' = {
  name: 'replica'
  params: {
    location: location
    password: vault.getSecret('SqlAdminPassword')
  }
}
