terraform {
  source = "../../modules/vault"
}

inputs = {
  principal_ids = {}
}
