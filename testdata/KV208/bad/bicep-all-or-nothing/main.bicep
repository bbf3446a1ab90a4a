param environmentId string
param location string = resourceGroup().location
param enabled bool

module shop 'shop.bicep' = if (enabled) {
  name: 'shop'
  params: { environmentId: environmentId, location: location }
}
