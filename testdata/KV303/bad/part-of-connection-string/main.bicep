param server string
param dbLogin string = 'Wd7-kqRz-41Lm' // expect: KV303

resource app 'Microsoft.App/containerApps@2025-01-01' = {
  name: 'shop'
  location: 'westeurope'
  properties: {
    configuration: {
      secrets: [
        { name: 'db', value: 'Server=${server};User Id=shop;Password=${dbLogin};Encrypt=true' }
      ]
    }
  }
}
