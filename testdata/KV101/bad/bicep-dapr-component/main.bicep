@secure()
param connection string

resource environment 'Microsoft.App/managedEnvironments@2024-03-01' existing = {
  name: 'shop'

  resource queue 'daprComponents' = {
    name: 'orders'
    properties: {
      componentType: 'pubsub.azure.servicebus.topics'
      version: 'v1'
      secrets: [
        { name: 'serviceBus', value: connection }
      ]
      metadata: [
        { name: 'connectionString', secretRef: 'servicebus' } // expect: KV101
      ]
    }
  }
}
