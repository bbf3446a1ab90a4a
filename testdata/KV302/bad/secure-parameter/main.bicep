@secure()
param token string

output length int = length(token)
