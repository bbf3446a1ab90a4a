param connectionStringKey string = 'AZURE-SQL-CONNECTION-STRING'
@secure()
param passwordKey string = 'databasePassword'

var clientSecretName = 'EntraId--ClientSecret'
var adminPasswordDir = '/mnt/resource/secrets'
var authentication = {
  passwordAuth: 'Disabled'
  secret: 'BootstrapSecret'
}

output keys array = [connectionStringKey, clientSecretName, adminPasswordDir, authentication.passwordAuth]
output key string = passwordKey
