using './main.bicep'

param environmentId = '/subscriptions/0/resourceGroups/rg/providers/Microsoft.App/managedEnvironments/dev'
param grantAccess = false
