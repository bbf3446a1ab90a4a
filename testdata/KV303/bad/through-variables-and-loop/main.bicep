var stored = {
  primary: 'Wd7-kqRz-41Lm' // expect: KV303
  backup: 'Hq3.vT8m.Zr6x' // expect: KV303
}

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' existing = {
  name: 'kv-shop'
}

resource secrets 'Microsoft.KeyVault/vaults/secrets@2024-11-01' = [
  for entry in items(stored): {
    parent: vault
    name: entry.key
    properties: { value: entry.value }
  }
]
