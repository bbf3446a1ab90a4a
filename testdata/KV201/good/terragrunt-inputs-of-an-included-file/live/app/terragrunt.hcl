terraform {
  source = "../../modules/app"
}

include "root" {
  path = find_in_parent_folders("root.hcl")
}
