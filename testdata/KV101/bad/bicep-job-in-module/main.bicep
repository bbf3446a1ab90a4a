param location string = resourceGroup().location
param environmentId string

module job 'job.bicep' = {
  name: 'job'
  params: {
    location: location
    environmentId: environmentId
    secretName: 'queue-connection'
  }
}
