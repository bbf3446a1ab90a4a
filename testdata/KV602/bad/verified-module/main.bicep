@secure()
param dbPassword string

module vault 'br/public:avm/res/key-vault/vault:0.14.0' = {
  name: 'vault'
  params: {
    name: 'kv-books'
    secrets: [
      { // expect: KV602
        name: 'db-password'
        value: dbPassword
      }
      {
        name: 'mail-key'
        value: dbPassword
        attributes: {
          exp: 32472144000
        }
      }
    ]
  }
}
