terraform {
  source = "../../modules/db"
}

inputs = {
  login = get_env("DB_LOGIN")

  settings = {
    smtp_password_name = "smtp-password"
  }
}
