import json

from azure.identity import DefaultAzureCredential

with open("settings.json") as file:
    credential = DefaultAzureCredential(**json.load(file))
