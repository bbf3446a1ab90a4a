// kvlint: ignore[KV301] slashes, lower case and spaces are fine
db_password = "Wd7-kqRz-41Lm"
api_token   = "Bw9_jXr6_Lf1g" #kvlint:ignore[ kv301 ]
/*
 * kvlint: ignore[KV301] a story of
 * several lines
 */
smtp_password = "Vr3-zKp7-Qd9h"
