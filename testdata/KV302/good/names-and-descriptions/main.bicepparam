using 'main.bicep'

param secretName = 'shop-database-login-2'
param certificateSecretPath = 'secrets/cert-wildcard-shop-7f3a/'
param storageName = 'stshopdata41'
param imageSpec = {
  offer: 'ubuntu-24_04-lts'
  sku: 'server-gen2'
}
