param environmentId string
param location string = resourceGroup().location

module shop 'shop.bicep' = {
  name: 'shop'
  params: { environmentId: environmentId, location: location }
}
