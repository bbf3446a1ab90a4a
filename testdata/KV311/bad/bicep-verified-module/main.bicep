module registry 'br/public:avm/res/container-registry/registry:0.9.1' = {
  name: 'registry'
  params: {
    name: 'acrshop'
    acrAdminUserEnabled: true // expect: KV311
  }
}
