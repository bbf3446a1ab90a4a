param principalId string

// the reader of blobs
var storageReaderRoleId = '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1'
var contributor = 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'

resource grant 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(resourceGroup().id, principalId, 'grant')
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', storageReaderRoleId)
    principalId: principalId
  }
}

resource write 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(resourceGroup().id, principalId, 'write')
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', contributor)
    principalId: principalId
  }
}
