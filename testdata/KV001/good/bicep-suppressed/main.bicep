// Written for a generator that fills the gaps.
resource vault 'Microsoft.KeyVault/vaults@2023-07-01' = {
  name: @@NAME@@ // kvlint: ignore[KV001] the generator puts a string here
  location: 'westeurope'
}
