param location string

resource storage 'Microsoft.Storage/storageAccounts@2024-01-01' = {
  name: 'stshop'
  location: location
  sku: { name: 'Standard_LRS' }
  kind: 'StorageV2'
}

resource cache 'Microsoft.Cache/redis@2024-11-01' existing = {
  name: 'redis-shop'
}

module connection 'secret.bicep' = {
  name: 'connection'
  params: {
    secretValue: 'DefaultEndpointsProtocol=https;AccountName=${storage.name};AccountKey=${storage.listKeys().keys[0].value};EndpointSuffix=${environment().suffixes.storage}'
  }
}

module redis 'secret.bicep' = {
  name: 'redis'
  params: {
    secretValue: '${cache.properties.hostName}:6380,password=${cache.listKeys().primaryKey},ssl=True,abortConnect=False'
  }
}

module endpoint 'secret.bicep' = {
  name: 'endpoint'
  params: {
    secretValue: 'https://${storage.name}.blob.${environment().suffixes.storage}/orders'
  }
}
