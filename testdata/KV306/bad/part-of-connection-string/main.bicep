param server string
param user string
param dbPassword string // expect: KV306

resource app 'Microsoft.App/containerApps@2025-01-01' = {
  name: 'shop'
  location: 'westeurope'
  properties: {
    configuration: {
      secrets: [
        { name: 'db', value: 'Server=${server};User Id=${user};Password=${dbPassword}' }
      ]
    }
  }
}
