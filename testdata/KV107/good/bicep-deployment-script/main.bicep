param location string = resourceGroup().location

@secure()
param password string

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' = {
  name: 'kv-ledger'
  location: location
  properties: {
    tenantId: subscription().tenantId
    sku: {
      family: 'A'
      name: 'standard'
    }
    enableRbacAuthorization: true
    enabledForTemplateDeployment: true
  }
}

resource made 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = {
  parent: vault
  name: 'sqlAdminPassword'
  properties: {
    value: password
  }
}

resource seed 'Microsoft.Resources/deploymentScripts@2023-08-01' = {
  name: 'seed'
  location: location
  kind: 'AzureCLI'
  properties: {
    azCliVersion: '2.61.0'
    retentionInterval: 'P1D'
    arguments: '${vault.name} mailKey'
    scriptContent: 'az keyvault secret set --vault-name "$1" --name "$2" --value "$(openssl rand -hex 16)"'
  }
}

module database 'database.bicep' = {
  name: 'database'
  params: {
    location: location
    password: vault.getSecret('mailKey')
  }
}
