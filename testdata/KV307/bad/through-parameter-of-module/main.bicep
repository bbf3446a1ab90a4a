@secure()
param access string

module server 'server.bicep' = {
  name: 'server'
  params: { given: access }
}
