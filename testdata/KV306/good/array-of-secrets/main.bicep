param secrets array

resource app 'Microsoft.App/containerApps@2025-01-01' = {
  name: 'shop'
  location: 'westeurope'
  properties: {
    configuration: {
      secrets: [
        for one in secrets: {
          name: one.name
          value: one.value
        }
      ]
    }
  }
}
