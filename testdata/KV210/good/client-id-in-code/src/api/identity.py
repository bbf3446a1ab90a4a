import os

from azure.identity import ManagedIdentityCredential


def credential():
    return ManagedIdentityCredential(client_id=os.environ["IDENTITY"])
