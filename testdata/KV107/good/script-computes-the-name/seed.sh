for name in $NAMES; do
  az keyvault secret set --vault-name kv-books --name "$name" --file "secrets/$name"
done
