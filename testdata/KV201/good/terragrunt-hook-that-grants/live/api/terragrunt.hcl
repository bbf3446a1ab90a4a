terraform {
  source = "../../modules/api"

  after_hook "grant" {
    commands = ["apply"]
    execute  = ["az", "role", "assignment", "create", "--role", "Key Vault Secrets User", "--assignee", "the-identity"]
  }
}

