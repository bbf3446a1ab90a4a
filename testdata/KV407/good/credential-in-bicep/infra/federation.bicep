param clusterIssuer string

module identity 'br/public:avm/res/managed-identity/user-assigned-identity:0.4.1' = {
  params: {
    name: 'id-shop'
    federatedIdentityCredentials: [
      {
        name: 'shop'
        issuer: clusterIssuer
        subject: 'system:serviceaccount:shop:orders-api'
        audiences: ['api://AzureADTokenExchange']
      }
    ]
  }
}
