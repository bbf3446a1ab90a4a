@secure()
param token string

var header = 'Bearer ${token}'

output plain string = token // expect: KV307
output encoded string = base64(token) // expect: KV307
output header string = header // expect: KV307
output chosen object = { // expect: KV307
  id: resourceGroup().id
  token: token
}
