param location string = resourceGroup().location
param environmentId string

resource registry 'Microsoft.ContainerRegistry/registries@2023-07-01' = {
  name: 'acr${uniqueString(resourceGroup().id)}'
  location: location
  sku: {
    name: 'Basic'
  }
}

module api 'api.bicep' = {
  name: 'api'
  params: {
    location: location
    environmentId: environmentId
    registryName: registry.name
  }
}
