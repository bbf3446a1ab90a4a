module queue 'br:shopregistry.azurecr.io/queue:1.0.0' = { // expect: KV002
  name: 'queue'
  params: {
    name: queueName // expect: KV005
  }
}
