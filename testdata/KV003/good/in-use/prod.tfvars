# kvlint: ignore[KV301] the password of a demo that is reset every night
db_password = "Wd7-kqRz-41Lm"
api_token   = "Bw9_jXr6_Lf1g" /* kvlint: ignore[kv301] the same */
