terraform { # expect: KV002
  source = "${get_repo_root()}/modules//api"
}

inputs = {
  grant_access = true
}
