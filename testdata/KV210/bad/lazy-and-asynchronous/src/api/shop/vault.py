"""Überall nützlich: the vault of the shop."""

import os

import azure.identity.aio as identity
from azure.keyvault.secrets.aio import SecretClient

_client = None


def client():
    global _client
    if _client is not None:
        return _client
    _client = SecretClient(os.environ["KEY_VAULT_URL"], identity.ManagedIdentityCredential())
    return _client


async def password(name):
    return (await client().get_secret(name)).value
