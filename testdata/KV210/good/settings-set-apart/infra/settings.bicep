param name string
param settings object

resource site 'Microsoft.Web/sites@2023-12-01' existing = {
  name: name

  resource config 'config' = {
    name: 'appsettings'
    properties: settings
  }
}
