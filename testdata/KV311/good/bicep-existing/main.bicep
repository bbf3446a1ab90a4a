resource registry 'Microsoft.ContainerRegistry/registries@2023-07-01' existing = {
  name: 'acrshop'
}

output server string = registry.properties.loginServer
