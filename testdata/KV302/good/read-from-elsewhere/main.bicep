@secure()
param apiKey string
@secure()
param dbPassword string

resource app 'Microsoft.App/containerApps@2025-01-01' = {
  name: 'shop'
  location: 'westeurope'
  properties: {
    configuration: {
      secrets: [
        { name: 'api-key', value: apiKey }
      ]
    }
  }
}

output ready bool = !empty(dbPassword)
