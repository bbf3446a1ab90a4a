terraform {
  source = "../../modules/vault"
}
