db_secret = "db-password"
