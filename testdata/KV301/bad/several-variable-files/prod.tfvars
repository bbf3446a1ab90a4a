mail_login = "Xb2-sGt9-Mq6v" # expect: KV301
