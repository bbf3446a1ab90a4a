using 'main.bicep'

param location = 'westeurope'
output vaultUri string = 'no output here' // expect: KV001
