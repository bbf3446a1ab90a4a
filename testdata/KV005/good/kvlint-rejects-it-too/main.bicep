param name string
param = 'westeurope' // expect: KV001

output shown string = name
