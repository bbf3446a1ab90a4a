stage       = "prod"
db_password = "Tr0ub4dor-and-3-horses"
