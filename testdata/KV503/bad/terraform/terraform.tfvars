release = "1.4.0" # expect: KV503
