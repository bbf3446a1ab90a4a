resource service 'Microsoft.ApiManagement/service@2024-05-01' existing = {
  name: 'apim-shop'
}

resource backend 'Microsoft.ApiManagement/service/backends@2024-05-01' = {
  parent: service
  name: 'orders'
  properties: {
    protocol: 'http'
    url: 'https://orders.contoso.com'
    proxy: {
      url: 'http://proxy.contoso.com:8080'
      username: 'proxyUser'
      password: 'proxyPassword'
    }
  }
}

module setting 'setting.bicep' = {
  name: 'setting'
  params: { value: '\'OrdersEnabled\'' }
}
