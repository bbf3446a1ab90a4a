module identity 'br/public:avm/res/managed-identity/user-assigned-identity:0.4.1' = {
  name: 'identity'
  params: {
    name: 'id-api'
    roleAssignments: [
      { // expect: KV214
        roleDefinitionIdOrName: 'Key Vault Secrets User'
        principalId: principalId
        principalType: 'ServicePrincipal'
      }
    ]
  }
}

param principalId string
