database = {
  host = "sql-shop-prod-01.database.windows.net"
  user = "shop-api-2024"
  pw   = "Wd7-kqRz-41Lm" # expect: KV301
}
cache = "Hq3.vT8m.Zr6x" # expect: KV301
