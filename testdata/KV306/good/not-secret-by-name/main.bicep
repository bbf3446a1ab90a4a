param dbHost string
param clientId string
param sshPublicKey string
param resourceToken string
param storageAccountName string

resource storage 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: storageAccountName
}

resource app 'Microsoft.App/containerApps@2025-01-01' = {
  name: 'shop'
  location: 'westeurope'
  properties: {
    configuration: {
      secrets: [
        { name: 'db', value: dbHost }
        { name: 'client-id', value: clientId }
        { name: 'ssh', value: sshPublicKey }
        { name: 'queue', value: 'AccountName=st${resourceToken};AccountKey=${storage.listKeys().keys[0].value}' }
      ]
    }
  }
}
