az identity show --name id-api --resource-group rg-shop --query clientId
az containerapp update --name api --resource-group rg-shop `
  --set-env-vars "AZURE_CLIENT_ID=$clientId"
