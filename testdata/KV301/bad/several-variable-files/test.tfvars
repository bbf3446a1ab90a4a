mail_login = "Cn7-fRz4-Jw1x" # expect: KV301
