targetScope = 'subscription'

param environmentId string
param location string = 'westeurope'

module shop 'shop.bicep' = {
  name: 'shop'
  scope: resourceGroup('rg-shop')
  params: { location: location, environmentId: environmentId }
}

module role 'role.bicep' = {
  name: 'role'
  scope: resourceGroup('rg-shop')
  params: { principalId: shop.outputs.principalId }
}
