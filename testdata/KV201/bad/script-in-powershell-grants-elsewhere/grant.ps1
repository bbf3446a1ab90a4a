$vault = "kv-archive"
$principal = az identity show --name id-api --resource-group rg-shop --query principalId --output tsv
az keyvault set-policy --name $vault --object-id $principal --secret-permissions get
