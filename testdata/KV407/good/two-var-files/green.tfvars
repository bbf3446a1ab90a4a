namespace = "shopx"
