namespace = "shop1"
