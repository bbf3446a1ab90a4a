from shop.identity import DefaultAzureCredential

credential = DefaultAzureCredential()
