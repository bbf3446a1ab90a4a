# kvlint: ignore[KV301] stands too far away # expect: KV003

db_password = "Wd7-kqRz-41Lm" # expect: KV301
