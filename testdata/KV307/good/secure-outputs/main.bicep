@secure()
param token string

resource storage 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: 'stshop'
}

@secure()
output token string = token

@secure()
output storageKey string = storage.listKeys().keys[0].value
