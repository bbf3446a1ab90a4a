param ingestionKey string // expect: KV306

resource app 'Microsoft.App/containerApps@2025-01-01' = {
  name: 'shop'
  location: 'westeurope'
  properties: {
    configuration: {
      secrets: [
        { name: 'ingestion', value: ingestionKey }
      ]
    }
  }
}
