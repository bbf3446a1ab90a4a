# Once, by hand: az keyvault secret set --vault-name kv-books --name smtp-token --file token
terraform apply
