resource depot 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: 'stdepot'
}

#disable-next-line outputs-should-not-contain-secrets
output told string = depot.listKeys().keys[0].value // expect: KV307

// kvlint: ignore[KV307] the pipeline reads it and deletes the deployment
#disable-next-line outputs-should-not-contain-secrets
output above string = depot.listKeys().keys[0].value

#disable-next-line outputs-should-not-contain-secrets
// kvlint: ignore[KV307] the pipeline reads it and deletes the deployment
output between string = depot.listKeys().keys[0].value

#disable-next-line outputs-should-not-contain-secrets // kvlint: ignore[KV307] read and deleted
output beside string = depot.listKeys().keys[0].value

#disable-next-line outputs-should-not-contain-secrets
output behind string = depot.listKeys().keys[0].value // kvlint: ignore[KV307] read and deleted
