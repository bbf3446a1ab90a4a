@secure()
param password string = newGuid()
@secure()
param optional string = ''
@secure()
param seed string = uniqueString(subscription().id, 'shop-seed-v1')

resource app 'Microsoft.App/containerApps@2025-01-01' = {
  name: 'shop'
  location: 'westeurope'
  properties: {
    configuration: {
      secrets: [
        { name: 'password', value: password }
        { name: 'seed', value: '${seed}Aa!' }
        { name: 'optional', value: optional }
      ]
    }
  }
}
