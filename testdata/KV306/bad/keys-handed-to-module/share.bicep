param access string // expect: KV306

resource environment 'Microsoft.App/managedEnvironments@2025-01-01' existing = {
  name: 'cae-shop'
}

resource files 'Microsoft.App/managedEnvironments/storages@2025-01-01' = {
  parent: environment
  name: 'files'
  properties: {
    azureFile: {
      accountName: 'stshop'
      accountKey: access
      shareName: 'orders'
      accessMode: 'ReadOnly'
    }
  }
}
