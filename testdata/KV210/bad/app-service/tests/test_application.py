from azure.identity import DefaultAzureCredential

DefaultAzureCredential(managed_identity_client_id="11111111-1111-1111-1111-111111111111")
