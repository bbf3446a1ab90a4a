param location string = resourceGroup().location
param issuer string

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: 'id-shop'
  location: location
}

@batchSize(1)
resource credentials 'Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials@2023-01-31' = [for number in range(0, 25): { // expect: KV411
  parent: identity
  name: 'tenant-${number}'
  properties: {
    issuer: issuer
    subject: 'system:serviceaccount:tenant-${number}:api'
    audiences: [
      'api://AzureADTokenExchange'
    ]
  }
}]
