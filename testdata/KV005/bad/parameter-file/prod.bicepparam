using './main.bicep'

param vaultName = 'kv-shop'
param region = 'westeurope' // expect: KV005
