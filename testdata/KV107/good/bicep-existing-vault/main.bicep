param location string = resourceGroup().location

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' existing = {
  name: 'kv-ledger'
}

module database 'database.bicep' = {
  name: 'database'
  params: {
    location: location
    password: vault.getSecret('sqlAdminPassword')
  }
}
