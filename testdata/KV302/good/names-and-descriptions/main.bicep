param secretName string
param certificateSecretPath string
@secure()
param storageName string
@secure()
param imageSpec object

resource storage 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: storageName
}

output id string = storage.id
output where string = '${secretName}/${certificateSecretPath}'
output sized bool = contains(imageSpec, 'sku')
