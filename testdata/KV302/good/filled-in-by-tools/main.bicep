@secure()
param apiKey string
@secure()
param dbPassword string
@secure()
param spare string = ''

resource app 'Microsoft.App/containerApps@2025-01-01' = {
  name: 'shop'
  location: 'westeurope'
  properties: {
    configuration: {
      secrets: [
        { name: 'api-key', value: apiKey }
      ]
    }
  }
}

resource sql 'Microsoft.Sql/servers@2023-08-01' = {
  name: 'sql-shop'
  location: 'westeurope'
  properties: {
    administratorLogin: 'shopadmin'
    administratorLoginPassword: '${dbPassword}${spare}'
  }
}
