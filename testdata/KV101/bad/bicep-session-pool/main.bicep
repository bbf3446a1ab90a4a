param location string = resourceGroup().location
param environmentId string

@secure()
param password string

resource pool 'Microsoft.App/sessionPools@2025-01-01' = {
  name: 'sessions'
  location: location
  properties: {
    environmentId: environmentId
    containerType: 'CustomContainer'
    poolManagementType: 'Dynamic'
    secrets: [
      { name: 'registry-password', value: password }
    ]
    customContainerTemplate: {
      registryCredentials: {
        server: 'shop.azurecr.io'
        username: 'shop'
        passwordSecretRef: 'registry-pasword' // expect: KV101
      }
      containers: [
        {
          name: 'session'
          image: 'shop.azurecr.io/session:1.0.0'
          env: [
            { name: 'TOKEN', secretRef: 'registry-password' }
          ]
        }
      ]
    }
  }
}
