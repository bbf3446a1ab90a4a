output first string = one // expect: KV005
output second string = two
