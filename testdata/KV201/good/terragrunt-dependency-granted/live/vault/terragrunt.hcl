terraform {
  source = "../../modules/vault"
}

include "root" {
  path = find_in_parent_folders("root.hcl")
}

dependency "app" {
  config_path = "../app"

  mock_outputs = {
    principal_id = "00000000-0000-0000-0000-000000000000"
  }
}

inputs = {
  principal_id = dependency.app.outputs.principal_id
}
