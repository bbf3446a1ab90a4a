@secure()
param value string

output set bool = !empty(value)
