param location string = resourceGroup().location
param environmentId string

@secure()
param password string
param moreSecrets array = []
param secretNames array = ['db-password', 'api-key']

resource app 'Microsoft.App/containerApps@2024-03-01' = {
  name: 'api'
  location: location
  properties: {
    environmentId: environmentId
    configuration: {
      secrets: [for name in secretNames: { name: name, value: password }]
    }
    template: {
      containers: [
        {
          name: 'api'
          image: 'shop.azurecr.io/api:1.4.0'
          env: [for name in secretNames: { name: toUpper(replace(name, '-', '_')), secretRef: name }]
        }
      ]
    }
  }
}

resource other 'Microsoft.App/containerApps@2024-03-01' = {
  name: 'other'
  location: location
  properties: {
    environmentId: environmentId
    configuration: {
      secrets: concat([{ name: 'db-password', value: password }], moreSecrets)
    }
    template: {
      containers: [
        {
          name: 'other'
          image: 'shop.azurecr.io/other:1.4.0'
          env: concat(
            [
              { name: 'DB_PASSWORD', secretRef: 'db-password' }
            ],
            [
              { name: 'TOKEN', secretRef: 'db-password' }
            ]
          )
        }
      ]
    }
  }
}

resource component 'Microsoft.App/managedEnvironments/daprComponents@2024-03-01' = {
  name: 'shop/pubsub'
  properties: {
    componentType: 'pubsub.azure.servicebus.topics'
    version: 'v1'
    secretStoreComponent: 'vault'
    metadata: [{ name: 'connectionString', secretRef: 'anything' }]
  }
}

resource pool 'Microsoft.App/sessionPools@2024-10-02-preview' = {
  name: 'sessions'
  location: location
  properties: {
    environmentId: environmentId
    containerType: 'CustomContainer'
    secrets: [{ name: 'registry', value: password }]
    customContainerTemplate: {
      registryCredentials: { server: 'shop.azurecr.io', username: 'shop', passwordSecretRef: 'registry' }
      containers: [{ name: 'session', image: 'shop.azurecr.io/session:1', env: [{ name: 'REGISTRY', secretRef: 'registry' }] }]
    }
  }
}
