terraform {
  source = "../../modules/db"
}

inputs = {
  login = "Wd7-kqRz-41Lm" # expect: KV301

  settings = {
    smtp_password = "r9Tq-Vb2x-8Ns" # expect: KV301
  }
}
