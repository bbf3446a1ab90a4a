param vaultName string

output name string = vaultName
