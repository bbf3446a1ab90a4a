param adminUserEnabled bool

resource registry 'Microsoft.ContainerRegistry/registries@2023-07-01' = {
  name: 'acrshop'
  location: resourceGroup().location
  sku: {
    name: 'Basic'
  }
  properties: {
    adminUserEnabled: adminUserEnabled
  }
}
