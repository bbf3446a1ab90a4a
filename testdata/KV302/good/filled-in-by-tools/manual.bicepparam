using 'main.bicep'

param apiKey = '<your key>'
param dbPassword = 'changeme'
