resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: 'appi-shop'
}

module app 'app.bicep' = {
  name: 'app'
  params: {
    telemetry: insights.properties.ConnectionString
    label: 'databasePassword'
  }
}
