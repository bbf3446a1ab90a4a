param location string = resourceGroup().location
param identityId string
param identityClientId string

resource web 'Microsoft.Web/sites@2023-12-01' = {
  name: 'web-${uniqueString(resourceGroup().id)}'
  location: location
  kind: 'functionapp,linux'
  tags: { 'azd-service-name': 'web' }
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identityId}': {}
    }
  }
  properties: {
    siteConfig: { linuxFxVersion: 'PYTHON|3.12' }
  }
}

module settings 'settings.bicep' = {
  name: 'settings'
  params: {
    name: web.name
    settings: { AZURE_CLIENT_ID: identityClientId }
  }
}
