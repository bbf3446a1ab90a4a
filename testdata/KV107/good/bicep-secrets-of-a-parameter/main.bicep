param location string = resourceGroup().location

@secure()
param secrets object

param names array

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

resource all 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = [for name in names: {
  parent: vault
  name: name
  properties: {
    value: secrets[name]
  }
}]

resource one 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = {
  parent: vault
  name: 'sqlAdminPassword'
  properties: {
    value: secrets.sql
  }
}

module database 'database.bicep' = {
  name: 'database'
  params: {
    location: location
    password: vault.getSecret('sqlAdminPasswords')
  }
}
