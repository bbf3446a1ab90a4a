resource app 'Microsoft.App/containerApps@2025-01-01' = {
  name: 'shop'
  location: 'westeurope'
  properties: {
    configuration: {
      secrets: [
        {
          name: 'db'
          value: 'Hq3.vT8m.Zr6x' // expect: KV303
        }
        {
          name: 'db-host'
          value: 'sql-shop.database.windows.net'
        }
      ]
    }
  }
}
