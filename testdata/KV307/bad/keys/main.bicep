resource storage 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: 'stshop'
}

resource registry 'Microsoft.ContainerRegistry/registries@2023-07-01' existing = {
  name: 'crshop'
}

var key = listKeys(resourceId('Microsoft.Search/searchServices', 'srch-shop'), '2023-11-01').primaryKey

output connection string = 'AccountName=stshop;AccountKey=${storage.listKeys().keys[0].value}' // expect: KV307
output search string = key // expect: KV307
output password string = registry.listCredentials().passwords[0].value // expect: KV307
output user string = registry.listCredentials().username
