module server 'server.bicep' = {
  name: 'server'
  params: {
    access: 'Wd7-kqRz-41Lm' // expect: KV303
  }
}
