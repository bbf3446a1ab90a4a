targetScope = 'resourceGroup'

param environmentName string
param location string = resourceGroup().location

var tags = { 'azd-env-name': environmentName }

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: 'id-worker'
  location: location
  tags: tags
}

module worker 'app.bicep' = {
  name: 'worker'
  params: {
    name: 'worker'
    location: location
    tags: union(tags, { 'azd-service-name': 'worker' })
    identityId: identity.id
  }
}

module web 'app.bicep' = {
  name: 'web'
  params: {
    name: 'web'
    location: location
    tags: union(tags, { 'azd-service-name': 'web' })
    identityId: identity.id
  }
}
