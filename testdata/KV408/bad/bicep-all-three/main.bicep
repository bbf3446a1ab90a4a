param location string = resourceGroup().location

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: 'id-api'
  location: location
}

resource credential 'Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials@2023-01-31' = {
  parent: identity
  name: 'deploy'
  properties: {
    issuer: 'http://token.actions.githubusercontent.com' // expect: KV408
    audiences: ['api://AzureAdTokenExchange'] // expect: KV408
    subject: 'repo:shop/api:env:production' // expect: KV408
  }
}
