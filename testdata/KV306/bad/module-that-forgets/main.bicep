@secure()
param adminSecret string

module server 'server.bicep' = {
  name: 'server'
  params: {
    access: adminSecret
  }
}
