import os

os.environ.setdefault("AZURE_" + "CLIENT_ID", os.environ.get("UAMI", ""))
os.environ["AZURE_CLIENT_ID"] = os.environ["UAMI"]
