param location string = resourceGroup().location

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: 'id-api'
  location: location
}

resource credential 'Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials@2025-01-31-preview' = {
  parent: identity
  name: 'deploy'
  properties: {
    issuer: 'https://token.actions.githubusercontent.com'
    audiences: ['api://AzureADTokenExchange']
    subject: 'repo:shop/api:environment:production'
    claimsMatchingExpression: { // expect: KV408
      languageVersion: 1
      value: 'claims[\'sub\'] matches \'repo:shop/api:*\''
    }
  }
}
