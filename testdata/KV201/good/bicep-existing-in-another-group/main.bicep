targetScope = 'subscription'

param environmentId string
param location string = 'westeurope'

module vault 'vault.bicep' = {
  name: 'vault'
  scope: resourceGroup('rg-shop')
  params: { location: location }
}

module app 'app.bicep' = {
  name: 'app'
  scope: resourceGroup('rg-shop')
  params: { location: location, environmentId: environmentId }
}
