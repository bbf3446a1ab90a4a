resource vault 'Microsoft.KeyVault/vaults@2024-11-01' existing = {
  name: 'kv-shop'
}

resource host 'Microsoft.KeyVault/vaults/secrets@2024-11-01' = {
  parent: vault
  name: 'db-host'
  properties: { value: 'psql-shop-7f3a.postgres.database.azure.com' }
}

resource client 'Microsoft.KeyVault/vaults/secrets@2024-11-01' = {
  parent: vault
  name: 'client-id'
  properties: { value: '6f1c2b1e-6d0d-4c55-9a58-2f60c53bb0de' }
}

resource demo 'Microsoft.KeyVault/vaults/secrets@2024-11-01' = {
  parent: vault
  name: 'demo'
  properties: { value: 'sample-value-for-the-lab-1' }
}

resource insights 'Microsoft.KeyVault/vaults/secrets@2024-11-01' = {
  parent: vault
  name: 'insights'
  properties: { value: 'InstrumentationKey=6f1c2b1e-6d0d-4c55-9a58-2f60c53bb0de;IngestionEndpoint=https://westeurope-1.in.applicationinsights.azure.com/' }
}
