param tag string

output shown string = tag
