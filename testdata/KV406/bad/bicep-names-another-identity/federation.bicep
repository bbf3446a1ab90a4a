param issuer string

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' existing = {
  name: 'id-catalogue'

  resource credential 'federatedIdentityCredentials' = {
    name: 'orders'
    properties: {
      issuer: issuer
      subject: 'system:serviceaccount:shop:orders'
      audiences: ['api://AzureADTokenExchange']
    }
  }
}
