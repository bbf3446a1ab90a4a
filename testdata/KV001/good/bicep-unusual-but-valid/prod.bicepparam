using 'main.bicep'

param dbPassword = az.getSecret('00000000-0000-0000-0000-000000000000', 'rg-shop', 'kv-shop', 'db-password')
param readers = ['api']
