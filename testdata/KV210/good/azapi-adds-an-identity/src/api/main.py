import os

from azure.identity import DefaultAzureCredential
from azure.keyvault.secrets import SecretClient

credential = DefaultAzureCredential()
secrets = SecretClient(os.environ["KEY_VAULT_URL"], credential)
