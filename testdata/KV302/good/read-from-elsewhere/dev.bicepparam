using 'main.bicep'

param apiKey = readEnvironmentVariable('API_KEY')
param dbPassword = az.getSecret('00000000-0000-0000-0000-000000000000', 'rg-shop', 'kv-shop', 'db-password')
