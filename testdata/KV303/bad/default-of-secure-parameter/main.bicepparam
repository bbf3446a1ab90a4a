using 'main.bicep'

param dbAccess = readEnvironmentVariable('DB_LOGIN')
