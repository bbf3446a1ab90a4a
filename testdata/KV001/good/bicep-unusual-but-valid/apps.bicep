param name string
param url string?
output name string = name // ${url}
