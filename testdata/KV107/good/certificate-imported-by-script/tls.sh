az keyvault certificate import --vault-name kv-books -n ingress-tls --file tls.pfx
