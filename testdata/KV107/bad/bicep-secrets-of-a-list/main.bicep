param location string = resourceGroup().location

@secure()
param secrets object

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

var names = [
  'sqlAdminPassword'
  'mailKey'
]

resource all 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = [for name in names: {
  parent: vault
  name: name
  properties: {
    value: secrets[name]
  }
}]

module database 'database.bicep' = {
  name: 'database'
  params: {
    location: location
    password: vault.getSecret('sqlAdminPasswort') // expect: KV107
  }
}
