// The orders team makes its identity, with the credential for its service account, in Bicep.
module identity 'br/public:avm/res/managed-identity/user-assigned-identity:0.4.1' = {
  name: 'orders'
  params: {
    name: 'id-orders-${uniqueString(resourceGroup().id)}'
    federatedIdentityCredentials: loadJsonContent('credentials.json')
  }
}
