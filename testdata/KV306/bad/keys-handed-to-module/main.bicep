resource storage 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: 'stshop'
}

module share 'share.bicep' = {
  name: 'share'
  params: {
    access: storage.listKeys().keys[0].value
  }
}
