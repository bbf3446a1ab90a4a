param telemetry string
param label string

resource app 'Microsoft.App/containerApps@2025-01-01' = {
  name: 'shop'
  location: 'westeurope'
  properties: {
    configuration: {
      secrets: [
        { name: 'telemetry', value: telemetry }
        { name: 'label', value: label }
      ]
    }
  }
}
