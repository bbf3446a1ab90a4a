db_password = "Wd7-kqRz-41Lm" # kvlint: ignore[KV301, KV101] rotated every night # expect: KV003
