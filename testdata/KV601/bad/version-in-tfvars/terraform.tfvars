db_url = "https://kv-books.vault.azure.net/secrets/db-password/8a1f0c52b7d94e6fa3c1d07e5b2f9a64"
