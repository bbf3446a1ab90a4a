@secure()
param access string

output set bool = !empty(access)
