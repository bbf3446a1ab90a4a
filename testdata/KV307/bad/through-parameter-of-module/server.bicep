param given string

output echoed string = given // expect: KV307
