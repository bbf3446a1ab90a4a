# The portal calls this the resource id.
secret_url = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-shop/providers/Microsoft.KeyVault/vaults/kv-shop/secrets/db-password" # expect: KV106
