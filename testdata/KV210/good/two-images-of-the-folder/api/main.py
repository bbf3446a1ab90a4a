import os

from azure.identity import DefaultAzureCredential
from azure.keyvault.secrets import SecretClient

secrets = SecretClient(os.environ["KEY_VAULT_URL"], DefaultAzureCredential())
