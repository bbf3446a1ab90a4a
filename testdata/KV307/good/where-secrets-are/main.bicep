@secure()
param token string
@secure()
param namePrefix string
@secure()
param passwordKey string = 'databasePassword'

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' existing = {
  name: '${namePrefix}-kv'
}

resource secret 'Microsoft.KeyVault/vaults/secrets@2024-11-01' = {
  parent: vault
  name: 'token'
  properties: { value: token }
}

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: 'appi-shop'
}

output vaultUri string = vault.properties.vaultUri
output vaultName string = vault.name
output secretUri string = secret.properties.secretUri
output passwordSecretName string = secret.name
output passwordKey string = passwordKey
output telemetry string = insights.properties.ConnectionString
output hasToken bool = !empty(token)
output mark string = uniqueString(token)
output size int = length(token)
