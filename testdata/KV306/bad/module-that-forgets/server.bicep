param access string // expect: KV306

resource sql 'Microsoft.Sql/servers@2023-08-01' = {
  name: 'sql-shop'
  location: 'westeurope'
  properties: {
    administratorLogin: 'shopadmin'
    administratorLoginPassword: access
  }
}
