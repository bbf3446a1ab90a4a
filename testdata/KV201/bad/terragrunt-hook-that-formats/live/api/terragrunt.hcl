terraform {
  source = "../../modules/api"

  after_hook "format" {
    commands = ["apply"]
    execute  = ["terraform", "fmt"]
  }
}

