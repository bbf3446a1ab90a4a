param adminPassword string

output serverPassword string = adminPassword // expect: KV307
