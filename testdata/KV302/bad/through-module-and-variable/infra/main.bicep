@secure()
param dbSecret string

var credentials = {
  database: dbSecret
}

module store 'store.bicep' = {
  name: 'store'
  params: {
    content: credentials.database
  }
}
