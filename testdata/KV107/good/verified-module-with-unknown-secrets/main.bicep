param location string = resourceGroup().location

param secrets array

module vault 'br/public:avm/res/key-vault/vault:0.14.0' = {
  name: 'vault'
  params: {
    name: 'kv-ledger'
    location: location
    secrets: concat(secrets, [
      {
        name: 'sqlAdminPassword'
        value: 'changeme'
      }
    ])
  }
}

resource existing 'Microsoft.KeyVault/vaults@2023-07-01' existing = {
  name: 'kv-ledger'
}

module database 'database.bicep' = {
  name: 'database'
  params: {
    location: location
    password: existing.getSecret('sqlAdminPasswords')
  }
  dependsOn: [
    vault
  ]
}
