import os

from azure.identity import DefaultAzureCredential
from azure.storage.blob import BlobServiceClient


def service():
    text = os.getenv("STORAGE_CONNECTION_STRING")
    if text:
        return BlobServiceClient.from_connection_string(text)
    return BlobServiceClient(os.environ["STORAGE_URL"], DefaultAzureCredential())


def other(credential=None):
    return BlobServiceClient(os.environ["STORAGE_URL"], credential or DefaultAzureCredential())
