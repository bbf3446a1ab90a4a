audience = "api://AzureADTokenExchang"
