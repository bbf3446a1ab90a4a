module log 'log.bicep' = {
  name: 'log'
}

output sharedKey string = log.outputs.sharedKey // expect: KV307
