param location string

@secure()
param password string

resource server 'Microsoft.Sql/servers@2023-08-01-preview' = {
  name: 'sql-ledger'
  location: location
  properties: {
    administratorLogin: 'ledger'
    administratorLoginPassword: password
  }
}
