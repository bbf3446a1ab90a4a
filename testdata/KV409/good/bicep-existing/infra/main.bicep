resource cluster 'Microsoft.ContainerService/managedClusters@2024-09-01' existing = {
  name: 'aks-shop'
}

output issuer string = cluster.properties.oidcIssuerProfile.issuerURL
