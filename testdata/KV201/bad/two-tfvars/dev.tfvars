grant = true
