resource workspace 'Microsoft.OperationalInsights/workspaces@2023-09-01' existing = {
  name: 'log-shop'
}

output id string = workspace.id
output sharedKey string = workspace.listKeys().primarySharedKey // expect: KV307
