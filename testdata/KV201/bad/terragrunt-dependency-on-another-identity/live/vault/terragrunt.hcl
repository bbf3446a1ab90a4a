terraform {
  source = "../../modules/vault"
}

dependency "app" {
  config_path = "../app"

  mock_outputs = {
    principal_id = "00000000-0000-0000-0000-000000000000"
  }
}

inputs = {
  principal_id = dependency.app.outputs.mail_principal_id
}
