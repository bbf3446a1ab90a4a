param location string = resourceGroup().location
param environmentId string

@secure()
param clientSecret string

resource app 'Microsoft.App/containerApps@2024-03-01' = {
  name: 'api'
  location: location
  properties: {
    environmentId: environmentId
    configuration: {
      secrets: [{ name: 'entra-secret', value: clientSecret }]
    }
    template: { containers: [{ name: 'api', image: 'shop.azurecr.io/api:1.4.0' }] }
  }
}

resource auth 'Microsoft.App/containerApps/authConfigs@2024-03-01' = {
  parent: app
  name: 'current'
  properties: {
    platform: { enabled: true }
    identityProviders: {
      azureActiveDirectory: {
        registration: {
          clientId: '11111111-1111-1111-1111-111111111111'
          clientSecretSettingName: 'microsoft-provider-authentication-secret' // expect: KV101
        }
      }
      gitHub: {
        registration: {
          clientSecretSettingName: 'entra-secret'
        }
      }
    }
  }
}
