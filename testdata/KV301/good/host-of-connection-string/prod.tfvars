database = {
  host = "sql-shop-prod-01.database.windows.net"
  user = "shop-api-2024"
}
