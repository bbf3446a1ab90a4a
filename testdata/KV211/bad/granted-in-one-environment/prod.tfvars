pull = true
