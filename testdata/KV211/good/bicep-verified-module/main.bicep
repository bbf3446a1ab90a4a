param location string = resourceGroup().location
param environmentId string

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: 'id-api'
  location: location
}

module registry 'br/public:avm/res/container-registry/registry:0.9.1' = {
  name: 'registry'
  params: {
    name: 'acrshop'
    location: location
    roleAssignments: [
      {
        roleDefinitionIdOrName: 'AcrPull'
        principalId: identity.properties.principalId
        principalType: 'ServicePrincipal'
      }
    ]
  }
}

resource app 'Microsoft.App/containerApps@2024-03-01' = {
  name: 'api'
  location: location
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identity.id}': {}
    }
  }
  properties: {
    environmentId: environmentId
    configuration: {
      registries: [
        {
          server: registry.outputs.loginServer
          identity: identity.id
        }
      ]
    }
    template: {
      containers: [
        {
          name: 'api'
          image: '${registry.outputs.loginServer}/api:1.4.0'
        }
      ]
    }
  }
}
