pull = false
