mail_login = "placeholder"
