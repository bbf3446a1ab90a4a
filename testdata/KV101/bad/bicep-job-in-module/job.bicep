param location string
param environmentId string
param secretName string

@secure()
param connection string = ''

resource job 'Microsoft.App/jobs@2024-03-01' = {
  name: 'importer'
  location: location
  properties: {
    environmentId: environmentId
    configuration: {
      triggerType: 'Event'
      replicaTimeout: 1800
      secrets: [
        { name: secretName, value: connection }
      ]
      eventTriggerConfig: {
        scale: {
          rules: [
            {
              name: 'queue'
              type: 'azure-queue'
              metadata: { queueName: 'orders' }
              auth: [
                { secretRef: 'queue-conection', triggerParameter: 'connection' } // expect: KV101
              ]
            }
          ]
        }
      }
    }
    template: {
      containers: [
        {
          name: 'importer'
          image: 'shop.azurecr.io/importer:1.4.0'
          env: [{ name: 'QUEUE', secretRef: secretName }]
        }
      ]
    }
  }
}
